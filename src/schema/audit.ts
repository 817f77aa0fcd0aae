import * as z from 'zod'
import { pageQuery } from './page.ts'
import { time } from './time.ts'

const moment = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'is invalid')
  .transform((text) => Date.parse(text))
  .optional()

const { format, examples } = time.meta() ?? {}
const written = { type: 'string', format, examples }

export const auditQuery = pageQuery.extend({
  created_after: moment.meta({ description: 'Return events created at or after this time', ...written }),
  created_before: moment.meta({ description: 'Return events created at or before this time', ...written }),
  slug: z.string().optional().meta({ description: 'Return events of this service (slug) or token (ID)' }),
})
