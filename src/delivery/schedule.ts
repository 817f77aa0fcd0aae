import type { StepResponse } from '../schema/step.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Delays after each failed attempt; after the last one the delivery has failed. About a day in total. */
const WAITS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR]
/** Attempts of a delivery, the first one included. */
export const MAX_ATTEMPTS = WAITS.length + 1
/** Delays of a destination after failures in a row; the last one repeats, so a dead receiver costs one request an hour. */
const RESTS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR]
const JITTER = 0.2
const MAX_RETRY_AFTER = 6 * HOUR
/** After so many failed attempts a delivery no longer holds back those behind it: the fault may be its own. */
const IN_ORDER_ATTEMPTS = 3
/** A receiver's network that bans the sender's address lifts the ban after an hour at the earliest. */
export const BLOCKED_MS = HOUR

export const PAUSE_AFTER_MS = 3 * 24 * HOUR
export const PAUSE_AFTER_REJECTIONS = 20

export interface Failures {
  /** Failed attempts of this delivery so far; `MAX_ATTEMPTS` after the last one. */
  attempts: number
  /** Attempts at the destination that failed in a row, this one included. */
  inARow: number
  /** Milliseconds that the receiver asked to be left alone; undefined if it did not say. */
  retryAfter: number | undefined
}

export interface Delays {
  /** Milliseconds until the next attempt of the delivery; undefined if there is none. */
  delivery: number | undefined
  /** Milliseconds during which the destination gets nothing. */
  destination: number
}

/**
 * Returns when to try again. `random` is in [0, 1) and drawn once for both delays: while a delivery holds its place,
 * the destination rests exactly as long, else a later delivery could pass it by the difference of the jitter.
 */
export function delaysAfter({ attempts, inARow, retryAfter = 0 }: Failures, random: number): Delays {
  const jitter = 1 - JITTER + 2 * JITTER * random
  const lengthen = (delay: number) => Math.round(Math.max(delay * jitter, Math.min(retryAfter, MAX_RETRY_AFTER)))
  const wait = WAITS[attempts - 1]
  const rest = RESTS[Math.min(inARow, RESTS.length) - 1] ?? 0
  const holdsPlace = wait !== undefined && attempts <= IN_ORDER_ATTEMPTS
  return {
    delivery: wait === undefined ? undefined : lengthen(wait),
    destination: lengthen(holdsPlace ? wait : rest),
  }
}

/** Milliseconds that a receiver asks to be left alone, in any of the spellings in use; undefined if it asks for none. */
export function parseRetryAfter({ header, text }: Pick<StepResponse, 'header' | 'text'>, now: number) {
  const isExhausted = header('X-RateLimit-Remaining') === '0'
  const waits = [
    fromSecondsOrDate(header('Retry-After'), now),
    ...fromBody(text),
    fromSeconds(header('X-RateLimit-Reset-After')),
    isExhausted ? fromReset(header('X-RateLimit-Reset'), now) : undefined,
  ]
  return waits.find((wait) => wait !== undefined && Number.isFinite(wait) && wait > 0)
}

function fromSecondsOrDate(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  return fromSeconds(value) ?? Date.parse(value) - now
}

function fromSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * SECOND : undefined
}

/** Discord: `retry_after`; Telegram: `parameters.retry_after`, both in seconds; Matrix: `retry_after_ms`. */
function fromBody(text: string): (number | undefined)[] {
  if (!text.includes('retry_after')) return []
  try {
    const { retry_after, retry_after_ms, parameters } = JSON.parse(text)
    return [
      fromSeconds(retry_after),
      fromSeconds(parameters?.retry_after),
      typeof retry_after_ms === 'number' ? retry_after_ms : undefined,
    ]
  } catch {
    return []
  }
}

/** GitHub and others: the second, since 1970, at which the limit starts anew. */
function fromReset(value: string | null, now: number): number | undefined {
  const at = fromSeconds(value)
  return at === undefined ? undefined : at - now
}
