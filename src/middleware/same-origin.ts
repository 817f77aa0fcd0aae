import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'

/**
 * Rejects forms of other origins, those of other hosts of our own site too (CSRF). Browsers say where a request comes from
 * in `Sec-Fetch-Site`; over plain http they leave that out, and `Origin` says it.
 */
export const sameOrigin = createMiddleware<AppEnv>(async (c, next) => {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD'
  const site = c.req.header('Sec-Fetch-Site')
  const isOwn = site === undefined ? c.req.header('Origin') === new URL(c.req.url).origin : site === 'same-origin'
  if (!isReading && !isOwn) throw errors.forbidden()
  await next()
})
