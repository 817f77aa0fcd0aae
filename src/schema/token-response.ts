import * as z from 'zod'
import { SCOPES } from './tables.ts'
import { day, time } from './time.ts'

const EXAMPLE = {
  id: 2,
  name: 'deploy',
  description: null,
  revoked: false,
  active: true,
  created_at: '2026-11-23T08:56:11.402Z',
  last_used_at: null,
  expires_at: '2027-11-23',
  scopes: ['api'],
  user_id: 2,
  access_level: 40,
}

/** GitLab's shape of a token. */
export const tokenShape = z
  .object({
    id: z.int(),
    name: z.string(),
    description: z.null(),
    revoked: z.boolean(),
    active: z.boolean(),
    created_at: time.nullable(),
    last_used_at: time.nullable(),
    expires_at: day.nullable(),
    scopes: z.array(z.enum(SCOPES)),
    user_id: z.int(),
    access_level: z.int(),
  })
  .meta({ examples: [EXAMPLE] })

/** A new token. No other response contains its value. */
export const newTokenShape = tokenShape
  .extend({ token: z.string().meta({ description: 'Value of the token. It is returned only once' }) })
  .meta({ examples: [{ ...EXAMPLE, token: 'pbt_EXAMPLE' }] })
