import { type Context, Hono } from 'hono'
import { splitKeyRing } from '../crypto/keyring.ts'
import type { AppEnv } from '../env.ts'
import { openDatabase } from '../store/database.ts'
import { ping } from '../store/ping.ts'

/** For the operator and the probes of a deployment: no token, and nothing told but whether it works. */
export const healthHandler = new Hono<AppEnv>()
  .get('/health', (c) => c.json({ status: 'ok' }))
  .get('/ready', async (c) => {
    const checks = {
      database: await works(() => askDatabase(c)),
      key_ring: await works(() => splitKeyRing(c.env.ENCRYPTION_KEYS)),
    }
    const isReady = Object.values(checks).every((state) => state === 'ok')
    return c.json({ status: isReady ? 'ok' : 'unavailable', ...checks }, isReady ? 200 : 503)
  })

function askDatabase(c: Context<AppEnv>): Promise<unknown> {
  return openDatabase(c.env.DB, 'first-unconstrained').batch([ping()])
}

async function works(check: () => unknown): Promise<'ok' | 'failed'> {
  try {
    await check()
    return 'ok'
  } catch {
    return 'failed'
  }
}
