import * as z from 'zod'
import { eventNames, findEvent } from './events.ts'
import { flag } from './field.ts'
import { planBody } from './plan.ts'

export const listQuery = z.object({
  active: z
    .preprocess(toActive, z.enum(['true', 'false', 'all'], 'is invalid'))
    .default('true')
    .meta({ description: 'Return active or inactive settings (a Boolean), or `all`' }),
  event: z
    .preprocess(toEventName, z.enum(eventNames, 'is invalid'))
    .optional()
    .meta({ description: 'Return settings that are subscribed to this event' }),
  with_properties: flag('Include the parameters').default(false),
  with_secrets: flag('Include the parameters and the values of secrets').default(false),
  with_delivery: flag('Include how the deliveries to each service do').default(false),
  export: flag('Return all settings, without secrets, as a plan that can be applied').default(false),
})

/** Options of every write of settings. */
export const writeQuery = planBody.pick({ dry_run: true })

export const itemQuery = listQuery.pick({ with_secrets: true })

const BOOLEAN = flag('A Boolean')

function toActive(word: unknown): unknown {
  return BOOLEAN.safeParse(word).data?.toString() ?? word
}

function toEventName(word: unknown): unknown {
  return typeof word === 'string' ? (findEvent(word) ?? word) : word
}
