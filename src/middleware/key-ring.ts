import { createMiddleware } from 'hono/factory'
import { type KeyRing, KeyRingError, parseKeyRing } from '../crypto/keyring.ts'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'

let cached: { text: string | undefined; ring: Promise<KeyRing> } | undefined

/** Imports the key ring on an isolate's first request; without a usable one every route is 503 (docs/rules.md#key-ring). */
export const keyRing = createMiddleware<AppEnv>(async function keyRing(c, next) {
  const text = c.env.ENCRYPTION_KEYS
  if (cached?.text !== text || !cached) cached = { text, ring: parseKeyRing(text) }
  try {
    c.set('keyRing', await cached.ring)
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error
    console.error(
      JSON.stringify({
        level: 'error',
        message: `${error.message}: set it with \`wrangler secret put ENCRYPTION_KEYS\``,
      }),
    )
    throw errors.unavailable()
  }
  await next()
})
