import * as z from 'zod'
import { flag, integer, text } from './field.ts'

const MAX_IDS = 1000

/** The desired settings of many services of a project. */
export const planBody = z.object({
  services: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Parameters of each service, by slug. Omitted parameters keep their values' }),
  dry_run: flag('Return the changes without saving them').default(false),
  prune: flag('Delete the settings of services that the plan does not name').default(false),
})

/** The options of a plan that the query may contain as well. */
export const planQuery = planBody.pick({ dry_run: true, prune: true })

const selector = z
  .object({
    ids: z
      .array(integer('Project ID'))
      .min(1, "can't be blank")
      .max(MAX_IDS, `names too many projects (maximum is ${MAX_IDS})`)
      .optional(),
    path_prefix: text('Prefix of full paths, e.g. acme/')
      .refine((prefix) => prefix.trim() !== '', "can't be blank")
      .optional(),
  })
  .refine(({ ids, path_prefix }) => (ids === undefined) !== (path_prefix === undefined), {
    message: 'must have either ids or path_prefix',
  })

/** A plan for many projects. Each request handles some of them. */
export const applyBody = planBody.extend({
  projects: selector.meta({ description: 'The projects, either by ID or by the prefix of their paths' }),
  after: integer('Continue after this project: `next_after` of the previous response').default(0),
})
