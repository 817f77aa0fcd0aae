import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'

/**
 * Counts a request against its sender: a token, or an address whose authentication failed. A deployment without the
 * bindings has no limit.
 * @throws the 429 of a sender that asks too often
 */
export async function countRequest(c: RequestContext, sender: string): Promise<void> {
  const limiter = c.env.ENVIRONMENT === 'development' ? c.env.RATE_LIMIT_DEVELOPMENT : c.env.RATE_LIMIT
  const result = await limiter?.limit({ key: sender })
  if (result?.success === false) throw errors.tooMany()
}
