import * as z from 'zod'
import { eventNames, findEvent } from './events.ts'
import { flag } from './field.ts'
import { planBody } from './plan.ts'

export const listQuery = z.object({
  active: z
    .preprocess(toActive, z.enum(['true', 'false', 'all'], 'is invalid'))
    .default('true')
    .meta({ description: 'Which of them: any spelling of a Boolean, or `all`' }),
  event: z
    .preprocess(toEventName, z.enum(eventNames, 'is invalid'))
    .optional()
    .meta({ description: 'Only those that take part in this event' }),
  with_properties: flag('Answer the parameters too').default(false),
  with_secrets: flag('Answer the parameters with the secrets among them').default(false),
  export: flag('Answer all of them, secrets apart, as a file that can be applied').default(false),
})

/** Of every write of settings. */
export const writeQuery = planBody.pick({ dry_run: true })

export const itemQuery = listQuery.pick({ with_secrets: true })

const BOOLEAN = flag('A Boolean')

function toActive(word: unknown): unknown {
  return BOOLEAN.safeParse(word).data?.toString() ?? word
}

function toEventName(word: unknown): unknown {
  return typeof word === 'string' ? (findEvent(word) ?? word) : word
}
