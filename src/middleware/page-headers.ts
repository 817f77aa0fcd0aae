import { createMiddleware } from 'hono/factory'
import type { AppEnv, RequestContext } from '../env.ts'

const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src', 'form-action'].map((directive) => `${directive} 'self'`),
  "base-uri 'none'",
].join('; ')

const HEADERS = Object.entries({
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
})

/** The page that hands people over. It is framed before there is a session. */
const ENTRANCE = '/console/enter'

/**
 * Gives each request an id, and each page its headers: it runs our own script alone, sends forms to us alone, stays in no
 * cache, and stands in no frame but, if it was opened by a hand-over, in one of the tool.
 */
export const pageHeaders = createMiddleware<AppEnv>(async (c, next) => {
  const id = crypto.randomUUID()
  c.set('requestId', id)
  await next()
  const { headers } = c.res
  for (const [name, value] of HEADERS) headers.has(name) || headers.set(name, value)
  headers.set('X-Request-Id', id)
  const isFramed = c.get('session')?.frame !== undefined || c.req.path === ENTRANCE
  const ancestors = isFramed ? embeddersOf(c) : []
  headers.set('Content-Security-Policy', `${POLICY}; frame-ancestors ${ancestors.join(' ') || "'none'"}`)
  if (ancestors.length === 0) headers.set('X-Frame-Options', 'DENY')
})

/** Returns the origins in `CONSOLE_EMBEDDERS`. Anything else would change the policy, and is left out. */
function embeddersOf({ env }: Pick<RequestContext, 'env'>): string[] {
  return (env.CONSOLE_EMBEDDERS ?? '').split(/\s+/).filter((word) => /^https?:\/\/[a-z\d*.-]+(:\d+)?$/i.test(word))
}
