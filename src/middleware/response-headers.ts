import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Responses are data: nothing in them may run or be framed. Pages of any origin may read them, without credentials. */
const HEADERS = Object.entries({
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Strict-Transport-Security': 'max-age=15552000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': [
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
  ].join(','),
})

/** Headers of the response to a preflight request. */
const PREFLIGHT = {
  'Access-Control-Allow-Methods': 'GET,HEAD,POST,PUT,PATCH,DELETE',
  'Access-Control-Allow-Headers': [
    'PRIVATE-TOKEN',
    'Authorization',
    'Content-Type',
    'If-Match',
    'If-None-Match',
    'If-Unmodified-Since',
    'X-D1-Bookmark',
  ].join(','),
  'Access-Control-Max-Age': '600',
}

/**
 * Gives each request an id, always our own because the audit trail relies on it, and sets the headers that every response
 * has. They are set on the finished response: headers that are set before make hono copy it.
 */
export const responseHeaders = createMiddleware<AppEnv>(async (c, next) => {
  const id = crypto.randomUUID()
  c.set('requestId', id)
  if (c.req.method === 'OPTIONS') c.res = new Response(null, { status: 204, headers: PREFLIGHT })
  else await next()
  for (const [name, value] of HEADERS) c.res.headers.set(name, value)
  c.res.headers.set('X-Request-Id', id)
})
