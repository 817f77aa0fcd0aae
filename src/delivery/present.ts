import type * as z from 'zod'
import type { deliveryLogShape, deliveryShape, healthShape, testShape } from '../schema/delivery-response.ts'
import type { Attempt, LoggedRequest } from '../schema/tables.ts'
import { timestamp } from '../settings/present.ts'
import type { HealthRow, ListedDelivery, LoggedDelivery } from '../store/delivery-log.ts'
import type { Outcome } from './attempt.ts'
import { isSuccess } from './test-send.ts'

/** A delivery in a list. */
export function presentDelivery(delivery: ListedDelivery): z.input<typeof deliveryShape> {
  const { id, eventId, kind, slug, state, reason, attempts, dueAt, createdAt, last } = delivery
  return {
    id,
    event_id: eventId,
    kind,
    destination: slug,
    state,
    reason,
    attempts,
    due_at: presentTime(dueAt),
    created_at: timestamp(createdAt),
    last: presentLast(last),
  }
}

/** A delivery with its attempts, oldest first. */
export function presentLog(delivery: LoggedDelivery): z.input<typeof deliveryLogShape> {
  return { ...presentDelivery(delivery), log: delivery.log.map(presentAttempt) }
}

function presentAttempt({ at, ms, reason, requests }: Attempt) {
  return { at: timestamp(at), ms, reason: reason ?? null, requests: requests.map(presentRequest) }
}

function presentRequest({ method, to, status, response }: LoggedRequest) {
  return { method, to, status: status ?? null, response: response ?? null }
}

function presentLast(text: string | null) {
  const last = parseAttempt(text)
  return last && { status: last.requests.at(-1)?.status ?? null, ms: last.ms, at: timestamp(last.at) }
}

function parseAttempt(text: string | null): Attempt | null {
  return text === null ? null : (JSON.parse(text) as Attempt)
}

/** Presents the outcome of a test. */
export function presentTest(outcome: Outcome, notes: Readonly<Record<string, string>>): z.input<typeof testShape> {
  const { reason = null, attempt } = outcome
  return { success: isSuccess(outcome), reason, ms: attempt.ms, requests: attempt.requests.map(presentRequest), notes }
}

/** Presents the health of a destination. */
export function presentHealth(row: HealthRow | undefined): z.input<typeof healthShape> {
  const isFailing = row?.failures != null
  return {
    state: row?.pausedAt != null ? 'paused' : isFailing ? 'failing' : row?.isUsed ? 'ok' : 'unused',
    failures: row?.failures ?? 0,
    since: presentTime(row?.since ?? null),
    resumes_at: row?.pausedAt == null ? presentTime(row?.resumeAt ?? null) : null,
    last_success_at: presentTime(row?.lastSuccessAt ?? parseAttempt(row?.lastDelivered ?? null)?.at ?? null),
  }
}

function presentTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : timestamp(milliseconds)
}
