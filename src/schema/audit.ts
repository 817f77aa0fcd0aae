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
  created_after: moment.meta({ description: 'Entries from this time on', ...written }),
  created_before: moment.meta({ description: 'Entries up to this time', ...written }),
  slug: z.string().optional().meta({ description: 'What changed: a slug, or the id of a token' }),
})

/** GitLab's shape of an audit event. */
export const auditShape = z.object({
  id: z.int(),
  author_id: z.int().meta({ description: 'The token that made the change; 0 where it was none of a project' }),
  entity_id: z.int().meta({ description: 'The project' }),
  entity_type: z.literal('Project'),
  event_name: z.string().meta({ examples: ['settings.updated'] }),
  details: z.object({
    author_name: z.string(),
    target_type: z.string().meta({ examples: ['settings'] }),
    target_id: z.string().meta({ examples: ['slack'] }),
    target_details: z.string().meta({ examples: ['slack'] }),
    ip_address: z.string().nullable(),
    request_id: z.string(),
    changes: z
      .array(
        z.object({
          field: z.string(),
          from: z.unknown().optional(),
          to: z.unknown().optional(),
          secret: z.enum(['set', 'dropped']).optional(),
        }),
      )
      .meta({
        description:
          'The fields that changed. Values are cut after 1,024 characters and have no credentials; a secret has no values',
      }),
    values_omitted: z
      .literal(true)
      .optional()
      .meta({ description: 'The page was too large for the values of this entry' }),
  }),
  created_at: time,
})
