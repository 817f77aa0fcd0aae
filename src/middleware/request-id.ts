import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Names each request. Always our own name: the audit trail rests on it. */
export const requestId = createMiddleware<AppEnv>(async function requestId(c, next) {
  c.set('requestId', crypto.randomUUID())
  await next()
  c.res.headers.set('X-Request-Id', c.var.requestId)
})
