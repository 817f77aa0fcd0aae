import { isGood } from '../schema/step.ts'
import type { Attempt, Delivery, DestinationHealth, Settings } from '../schema/tables.ts'
import type { DeliveryResult } from '../store/deliveries.ts'
import type { Outcome } from './attempt.ts'
import { BLOCKED_MS, delaysAfter, MAX_ATTEMPTS, PAUSE_AFTER_MS, PAUSE_AFTER_REJECTIONS } from './schedule.ts'

/** The state of a delivery and of its destination before the attempt. */
export interface Before {
  delivery: Delivery
  settings: Pick<Settings, 'id' | 'version'>
  /** Of the current version of the settings; null if nothing failed since. */
  health: DestinationHealth | null
}

export interface Completion {
  result: DeliveryResult
  /** New health of the destination; null if the attempt says nothing about it. */
  health: DestinationHealth | 'recovered' | null
  /** Time from which the destination may be tried again; undefined if nothing has to wait. */
  resumeAt: number | undefined
}

/** The log keeps the last attempts. */
const MAX_LOGGED_ATTEMPTS = 12
/** A missing key or database is the deployment's fault: someone is at work on it. */
const POSTPONE_MS = 60_000
const GONE = 410

/** Decides what follows from an attempt. `random` is in [0, 1). */
export function completeDelivery(before: Before, outcome: Outcome, now: number, random: number): Completion {
  const { delivery, settings } = before
  const { verdict, results, lost } = outcome
  const log = [...delivery.log, outcome.attempt].slice(-MAX_LOGGED_ATTEMPTS)
  const result = { id: delivery.id, attempts: delivery.attempts, maxAttempts: delivery.maxAttempts, log }
  const checkpoint = results.length > 0 || lost > 0 ? { version: settings.version, results, lost } : null
  const done = { dueAt: null, checkpoint: null }
  const reason = reasonOf(outcome)

  if (verdict === 'skipped')
    return { result: { ...result, ...done, state: 'skipped', reason }, health: null, resumeAt: undefined }
  if (verdict === 'unfinished') {
    const open = { state: 'pending', reason: null, dueAt: now, checkpoint } as const
    return { result: uncounted({ ...result, ...open }), health: null, resumeAt: undefined }
  }
  if (isGood(verdict))
    return { result: { ...result, ...done, state: 'delivered', reason }, health: 'recovered', resumeAt: undefined }

  if (verdict === 'fix' || verdict === 'dead') {
    const health = rejected(before, outcome, now)
    return { result: { ...result, ...done, state: 'failed', reason }, health, resumeAt: undefined }
  }
  const { delivery: wait, destination: rest } = nextDelays(before, outcome, random)
  const health = failing(before, now, now + rest)
  const open = { state: 'pending', reason, dueAt: now + (wait ?? 0), checkpoint } as const
  const next = wait === undefined || health.pausedAt !== null ? ({ ...done, state: 'failed', reason } as const) : open
  return { result: { ...result, ...next }, health, resumeAt: health.pausedAt === null ? now + rest : undefined }
}

/** Puts a delivery off through no fault of its destination; the attempt does not count. */
export function postponeDelivery({ delivery, settings, health }: Before, reason: string, now: number): Completion {
  const { id, attempts, maxAttempts, log, checkpoint } = delivery
  const resumeAt = now + POSTPONE_MS
  const result = { id, attempts, maxAttempts, log, checkpoint, state: 'pending', reason, dueAt: resumeAt } as const
  // The destination rests as long, else later deliveries would pass this one.
  return { result: uncounted(result), health: { ...(health ?? healthy(settings, now)), resumeAt }, resumeAt }
}

function uncounted(result: DeliveryResult): DeliveryResult {
  return { ...result, maxAttempts: result.maxAttempts + 1 }
}

/** Of a good attempt, how sure it is that the receiver acted. */
function reasonOf({ verdict, reason }: Outcome): string | null {
  if (reason) return reason
  if (verdict === 'accepted') return 'the receiver accepted it, and did not say that it acted'
  if (verdict === 'ignored') return 'the receiver accepted it and did nothing'
  return null
}

function nextDelays({ delivery, health }: Before, { verdict, retryAfter }: Outcome, random: number) {
  const atLeast = verdict === 'blocked' ? Math.max(retryAfter ?? 0, BLOCKED_MS) : retryAfter
  const isLast = delivery.attempts >= delivery.maxAttempts
  // An attempt that a stopped worker or the time limit cut short is no failure, and has no reason in the log.
  const failed = delivery.log.filter(({ reason }) => reason !== undefined).length + 1
  const attempts = isLast ? MAX_ATTEMPTS : Math.min(failed, MAX_ATTEMPTS - 1)
  return delaysAfter({ attempts, inARow: (health?.failures ?? 0) + 1, retryAfter: atLeast }, random)
}

function failing({ settings, health }: Before, now: number, resumeAt: number): DestinationHealth {
  const current = health ?? healthy(settings, now)
  const pausedAt = now - current.since >= PAUSE_AFTER_MS ? now : null
  return { ...current, failures: current.failures + 1, resumeAt, pausedAt }
}

/** A rejection concerns one delivery: the destination does not rest, but many in a row pause it. */
function rejected(before: Before, { attempt }: Outcome, now: number): DestinationHealth {
  const health = failing(before, now, now)
  const rejections = health.rejections + 1
  const isPaused = rejections >= PAUSE_AFTER_REJECTIONS || statusOf(attempt) === GONE
  return { ...health, rejections, pausedAt: isPaused ? now : health.pausedAt }
}

function statusOf({ requests }: Attempt): number | undefined {
  return requests.at(-1)?.status
}

function healthy({ id, version }: Before['settings'], now: number): DestinationHealth {
  const none = { failures: 0, rejections: 0, pausedAt: null, lastSuccessAt: null }
  return { settingsId: id, version, ...none, since: now, resumeAt: now }
}
