/** Waits between tries, in any unit: the first one, doubled after each try, up to a bound. */
export interface Backoff {
  first: number
  max: number
  /** The share of a wait that chance may take away, 0 to 1: those who collided once should not come back together. */
  jitter: number
}

/** Returns the wait after that many tries. `random` is in [0, 1). */
export function waitAfter(tries: number, { first, max, jitter }: Backoff, random = Math.random()): number {
  return Math.min(max, first * 2 ** (tries - 1)) * (1 - jitter * random)
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
