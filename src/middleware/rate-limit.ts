import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'

/** A limit of its own, in development too. */
export type LimiterName = 'RATE_LIMIT_EVENTS'

/**
 * Counts a request against its sender: a token, or an address whose authentication failed. A deployment without the
 * bindings has no limit.
 * @throws the 429 of a sender that asks too often
 */
export async function countRequest(c: RequestContext, sender: string): Promise<void> {
  await count(c.env.ENVIRONMENT === 'development' ? c.env.RATE_LIMIT_DEVELOPMENT : c.env.RATE_LIMIT, sender)
}

/** As `countRequest`, by another limit. */
export async function countBy(limiter: LimiterName, c: RequestContext, sender: string): Promise<void> {
  await count(c.env[limiter], sender)
}

async function count(limiter: RateLimit | undefined, sender: string): Promise<void> {
  const result = await limiter?.limit({ key: sender })
  if (result?.success === false) throw errors.tooMany()
}
