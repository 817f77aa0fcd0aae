import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    fuzz?: Budget
  }
}

interface Budget {
  requests: number
  seconds: number
  seed: number
}

/** Number of requests: that of `npm run fuzz`, or the few of `npm test`. */
export const budget: Budget = inject('fuzz') ?? { requests: 3000, seconds: 60, seed: 20_261_123 }

/** Milliseconds that a property may take. */
export const LIMIT_MS = budget.seconds * 1000

let properties = 0

/** Settings of a property that may take `share` of the whole: a count of runs, and a time after which it stops. */
export function runs(share: number, requestsPerRun: number) {
  properties += 1
  return {
    numRuns: Math.ceil((budget.requests * share) / requestsPerRun),
    interruptAfterTimeLimit: Math.max(1000, budget.seconds * 1000 * share),
    seed: budget.seed + properties,
  }
}
