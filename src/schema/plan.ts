import * as z from 'zod'
import { flag, integer, text } from './field.ts'

const MAX_IDS = 1000

/** What is wanted of many services of a project. */
export const planBody = z.object({
  services: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Slug → the parameters of a PUT of that service; what is omitted keeps its value' }),
  dry_run: flag('Answer what would happen, and write nothing').default(false),
  prune: flag('Delete the settings of services that are not named').default(false),
})

/** The options of a plan, which may stand in the query too. */
export const planQuery = planBody.pick({ dry_run: true, prune: true })

const selector = z
  .object({
    ids: z
      .array(integer('An id'))
      .min(1, "can't be blank")
      .max(MAX_IDS, `names too many projects (maximum is ${MAX_IDS})`)
      .optional(),
    path_prefix: text('How the full paths start, e.g. acme/')
      .refine((prefix) => prefix.trim() !== '', "can't be blank")
      .optional(),
  })
  .refine(({ ids, path_prefix }) => (ids === undefined) !== (path_prefix === undefined), {
    message: 'must have either ids or path_prefix',
  })

/** The same for many projects, some at a time. */
export const applyBody = planBody.extend({
  projects: selector.meta({ description: 'Which projects: those with these ids, or below a path' }),
  after: integer('`next_after` of the last answer: goes on behind that project').default(0),
})
