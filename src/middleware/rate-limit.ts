import { HTTPException } from 'hono/http-exception'
import ipaddr from 'ipaddr.js'
import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'

/** The bindings that count requests. Events and tests have limits of their own. */
export type LimiterName = 'RATE_LIMIT' | 'RATE_LIMIT_EVENTS' | 'RATE_LIMIT_TESTS'

/** Groups of an IPv6 address that name a network: a client can take any address in its own. */
const NETWORK_GROUPS = 4

/**
 * Counts a request against a key. A deployment without the binding has no limit.
 * @throws the 429 of a key that is over the limit
 */
export async function countRequest({ env }: RequestContext, key: string, limiter: LimiterName = 'RATE_LIMIT') {
  const result = await env[limiter]?.limit({ key })
  if (result?.success === false) throw errors.tooMany()
}

/**
 * Runs a step that finds out who calls, or what the body says. A request that it rejects counts against the client's
 * address, since there is nobody else to count it against.
 */
export async function countRejections<T>(c: RequestContext, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof HTTPException) await countRequest(c, addressKey(c))
    throw error
  }
}

export function addressOf(c: RequestContext): string | null {
  return c.req.header('CF-Connecting-IP') ?? null
}

export function addressKey(c: RequestContext): string {
  const address = addressOf(c) ?? 'unknown'
  if (!ipaddr.IPv6.isValid(address)) return `address/${address}`
  return `address/${ipaddr.IPv6.parse(address).toNormalizedString().split(':').slice(0, NETWORK_GROUPS).join(':')}`
}
