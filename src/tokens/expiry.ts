import { DAY } from '../schema/token.ts'

/** For how long a new token may live, in milliseconds. */
export interface Lifetime {
  /** If the request names no date. */
  usual: number
  longest: number
}

/**
 * Returns when a new token expires, in milliseconds since 1970: at the date of the request, or at the last midnight
 * (UTC) within the usual lifetime. Returns undefined if the date is later than the longest lifetime allows.
 */
export function chooseExpiry(
  date: string | null | undefined,
  { usual, longest }: Lifetime,
  now: number,
): number | undefined {
  if (date) return Date.parse(date) <= now + longest ? Date.parse(date) : undefined
  const midnight = startOfDay(now + usual)
  return midnight > now ? midnight : now + usual
}

/** Returns the date, as YYYY-MM-DD, of the last midnight within a lifetime. */
export function latestDate({ longest }: Lifetime, now: number): string {
  return dateOf(startOfDay(now + longest))
}

export function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}

function startOfDay(time: number): number {
  return Math.floor(time / DAY) * DAY
}
