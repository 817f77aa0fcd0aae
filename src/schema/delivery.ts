import * as z from 'zod'
import { flag, text } from './field.ts'
import { pageQuery } from './page.ts'
import { DELIVERY_STATES } from './tables.ts'

const state = z.enum(DELIVERY_STATES, 'is not included in the list')
export const eventQuery = z.object({
  dry_run: flag('Respond with the requests that would be made; store and send nothing').default(false),
  with_secrets: flag('Show secrets in the requests of a dry run').default(false),
})

export const deliveriesQuery = z.object({
  ...pageQuery.shape,
  destination: text('Only those of this service').optional(),
  state: state.optional().meta({ description: 'Only those in this state' }),
  event: text('Only those of this event (its id) or of events of this kind').optional(),
})

export const testSettingsBody = z.object({
  parameters: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'Unsaved parameters, merged into the saved ones' }),
})

export const resendBody = z.object({
  destination: text('The slug of the service').meta({ examples: ['slack'] }),
  state: z.literal('failed').default('failed').meta({ description: 'Only failed deliveries are sent again' }),
  since: z
    .string()
    .refine((value) => !Number.isNaN(Date.parse(value)), 'is invalid')
    .transform((value) => Date.parse(value))
    .optional()
    .meta({ description: 'Only those of events accepted since', format: 'date-time' }),
})
