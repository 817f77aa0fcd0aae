import { createMiddleware } from 'hono/factory'
import { KeyRingError, parseKeyRing } from '../crypto/keyring.ts'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { cachedByText } from './cached-by-text.ts'

const ringOf = cachedByText(parseKeyRing)

/** Imports the key ring on an isolate's first request; without a usable one every route is 503 (docs/rules.md#key-ring). */
export const keyRing = createMiddleware<AppEnv>(async (c, next) => {
  try {
    c.set('keyRing', await ringOf(c.env.ENCRYPTION_KEYS))
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
