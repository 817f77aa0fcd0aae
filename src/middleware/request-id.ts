import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Names each request. Always our own name: the audit trail rests on it. */
export const requestId = createMiddleware<AppEnv>(async function requestId(c, next) {
  const id = crypto.randomUUID()
  c.set('requestId', id)
  await next()
  c.res.headers.set('X-Request-Id', id)
})
