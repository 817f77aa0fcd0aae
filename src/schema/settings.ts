import * as z from 'zod'
import { eventNames, findEvent } from './events.ts'
import { flag } from './field.ts'

export const listQuery = z.object({
  active: z
    .enum(['true', 'false', 'all'])
    .default('true')
    .meta({ description: 'Which of them: switched on, off, or all' }),
  event: z
    .string()
    .transform(toEvent)
    .optional()
    .meta({ description: 'Only those that take part in this event', type: 'string', enum: eventNames }),
  with_properties: flag('Answer the parameters too').default(false),
  with_secrets: flag('Answer the parameters with the secrets among them').default(false),
  export: flag('Answer all of them, secrets apart, as a file that can be applied').default(false),
})

export const itemQuery = listQuery.pick({ with_secrets: true })

function toEvent(word: string, context: z.RefinementCtx) {
  const event = findEvent(word)
  if (!event) context.addIssue('is invalid')
  return event
}
