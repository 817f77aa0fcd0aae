import * as z from 'zod'
import { DELIVERY_STATES } from './tables.ts'
import { time } from './time.ts'

const state = z.enum(DELIVERY_STATES, 'is not included in the list')
const destination = z.string().meta({ description: 'The slug of the service', examples: ['slack'] })
const id = z.int().meta({ examples: [31] })

const skipped = z
  .array(z.object({ destination, reason: z.string() }))
  .meta({ description: 'Active services that subscribe to the event and get nothing, with the reason' })

export const acceptedShape = z.object({
  id: z
    .int()
    .nullable()
    .meta({ description: 'The event; null if no service is subscribed to it: nothing is stored', examples: [9] }),
  kind: z
    .string()
    .nullable()
    .meta({ examples: ['push'] }),
  duplicate: z.boolean().meta({ description: 'The event had been accepted before; nothing is sent again' }),
  deliveries: z.array(z.object({ id, destination, state })),
  skipped,
})

const httpRequest = z.object({
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string().nullable(),
})
const REQUEST = { method: 'POST', url: 'https://hooks.example.com/***', headers: {}, body: '{}' }
const mail = z.object({
  to: z.array(z.string()),
  bcc: z.array(z.string()),
  subject: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
})
const tcp = z.object({ host: z.string(), port: z.int(), lines: z.array(z.string()) })

export const dryRunShape = z.object({
  kind: z.string().nullable(),
  deliveries: z.array(
    z.object({
      destination,
      requests: z.array(z.union([httpRequest, z.object({ mail }), z.object({ tcp })]).meta({ examples: [REQUEST] })),
      reason: z.string().nullable().meta({ description: 'Why the list ends before the delivery does' }),
    }),
  ),
  skipped,
})

const listed = {
  id,
  event_id: z.int().meta({ examples: [9] }),
  kind: z
    .string()
    .nullable()
    .meta({ examples: ['push'] }),
  destination,
  state,
  reason: z.string().nullable().meta({ description: 'Why it is in this state' }),
  attempts: z.int(),
  due_at: time.nullable().meta({ description: 'When it is tried next; null once it is complete' }),
  created_at: time,
}

export const deliveryShape = z.object({
  ...listed,
  last: z
    .object({ status: z.int().nullable(), ms: z.int(), at: time })
    .nullable()
    .meta({ description: 'The last attempt' }),
})

const loggedRequest = z.object({
  method: z.string().meta({ description: 'An HTTP method, `MAIL` or `TCP`' }),
  to: z.string().meta({ description: 'The address, without secrets' }),
  status: z.int().nullable(),
  response: z.string().nullable().meta({ description: 'The beginning of a refusal, without secrets' }),
})

export const deliveryLogShape = deliveryShape.extend({
  log: z.array(
    z.object({
      at: time,
      ms: z.int(),
      reason: z.string().nullable().meta({ description: 'Why the attempt failed' }),
      requests: z.array(loggedRequest),
    }),
  ),
})

export const testShape = z.object({
  success: z.boolean().meta({ description: 'The receiver accepted it' }),
  reason: z.string().nullable().meta({ description: 'Why it failed, or why nothing was sent' }),
  ms: z.int(),
  requests: z.array(loggedRequest),
  notes: z
    .record(z.string(), z.string())
    .meta({ description: 'Warnings about values that work differently here, by parameter', examples: [{}] }),
})

export const resentShape = z.object({
  resent: z.int(),
  more: z.boolean().meta({ description: 'More of them are left: send the request again' }),
})

export const healthShape = z.object({
  state: z.enum(['ok', 'failing', 'paused', 'unused']),
  failures: z.int().meta({ description: 'Attempts that failed in a row' }),
  since: time.nullable().meta({ description: 'First of these failures' }),
  resumes_at: time.nullable().meta({ description: 'Nothing is sent before' }),
  last_success_at: time.nullable(),
})
