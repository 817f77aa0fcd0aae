import { type EventName, flagOf, withFlag } from '../schema/events.ts'
import type { Occurrence } from '../schema/payload.ts'
import type { Service, Values } from '../schema/service.ts'
import type { Project } from '../schema/tables.ts'
import { eventSteps, type Outcome, runAttempt } from './attempt.ts'
import { deliveryContext } from './destination.ts'
import type { Network } from './transport.ts'

export interface TestRequest {
  service: Service
  /** With the secrets. */
  params: Values
  flags: number
  project: Project
  occurrence: Occurrence
  /** Counts as subscribed to, whatever the flags say. */
  trigger: EventName | undefined
  /** Sends the service's own check of the connection in place of the event. */
  isProbe: boolean
}

/** Sends an event, or a check, at once and outside the order; nothing is stored, and nothing is tried again. */
export function sendTest(request: TestRequest, network: Network): Promise<Outcome> {
  const { service, params, flags, project, occurrence, trigger, isProbe } = request
  const settings = { flags: trigger ? withFlag(flags, flagOf(trigger), true) : flags }
  const circumstances = { project, eventId: `test-${crypto.randomUUID()}`, acceptedAt: Date.now() }
  const context = deliveryContext({ service, settings }, occurrence, circumstances)
  const steps = isProbe
    ? (values: Values) => service.probe?.(values, context)
    : eventSteps(service, occurrence, context)
  return runAttempt({ service, params, steps, results: [], lost: 0 }, network)
}

/** Returns whether the receiver accepted it. A message that was dropped, or not sent for a reason, proves no connection. */
export function isSuccess({ verdict, reason }: Pick<Outcome, 'verdict' | 'reason'>): boolean {
  return (verdict === 'confirmed' || verdict === 'accepted') && reason === undefined
}
