import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Keeps what a token's reader got out of shared caches, and secrets and new tokens out of every cache (docs/rules.md#caching). */
export const caching = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (!c.get('actor')) return
  const { headers } = c.res
  headers.set('Cache-Control', c.get('isSecret') ? 'no-store' : 'private, no-cache')
  headers.append('Vary', 'PRIVATE-TOKEN, Authorization')
})
