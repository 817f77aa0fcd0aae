import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

const allow = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'PRIVATE-TOKEN',
    'Authorization',
    'Content-Type',
    'If-Match',
    'If-None-Match',
    'If-Unmodified-Since',
    'X-D1-Bookmark',
  ],
  exposeHeaders: [
    'ETag',
    'Link',
    'Retry-After',
    'X-Request-Id',
    'X-Ignored-Parameters',
    'X-D1-Bookmark',
    'X-Total',
    'X-Total-Pages',
    'X-Page',
    'X-Per-Page',
    'X-Next-Page',
    'X-Prev-Page',
  ],
  maxAge: 600,
})

/** Lets pages of any origin call the API, without credentials. Headers set before the answer would make hono copy it. */
export const crossOrigin = createMiddleware<AppEnv>(async function crossOrigin(c, next) {
  if (c.req.method === 'OPTIONS') return allow(c, next)
  await next()
  await allow(c, async () => {})
})
