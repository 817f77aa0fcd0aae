import { Hono } from 'hono'
import { splitKeyRing } from '../crypto/keyring.ts'
import { parseSigning } from '../crypto/signing.ts'
import type { AppEnv } from '../env.ts'
import { logError } from '../errors.ts'
import { DatabaseError, openDatabase } from '../store/database.ts'
import { declaredColumns, listColumns } from '../store/declared-schema.ts'
import { parsePublicUrl } from './public-url.ts'

/** For operators and probes: needs no token, and says no more than whether it works. The log has the reason. */
export const healthHandler = new Hono<AppEnv>()
  .get('/health', (c) => c.json({ status: 'ok' }))
  .get('/ready', async (c) => {
    const { DB, ENCRYPTION_KEYS, PUBLIC_URL } = c.env
    const checks = {
      database: await stateOf(() => checkDatabase(DB)),
      key_ring: await stateOf(() => splitKeyRing(ENCRYPTION_KEYS)),
      signed_tokens: await stateOf(() => parseSigning(c.env)),
      public_url: await stateOf(() => PUBLIC_URL && parsePublicUrl(PUBLIC_URL)),
    }
    const isReady = Object.values(checks).every((state) => state === 'ok')
    return c.json({ status: isReady ? 'ok' : 'unavailable', ...checks }, isReady ? 200 : 503)
  })

/** @throws if the database does not respond, or lacks a table or a column */
async function checkDatabase(d1: D1Database): Promise<void> {
  const [rows] = await openDatabase(d1, 'first-unconstrained').batch([listColumns()] as const)
  const found = new Set(rows.map(({ column }) => column))
  const missing = declaredColumns.filter((column) => !found.has(column))
  if (missing.length > 0)
    throw new DatabaseError(`Missing in the database: ${missing.join(', ')}. Apply the migrations.`)
}

async function stateOf(check: () => unknown): Promise<'ok' | 'failed'> {
  try {
    await check()
    return 'ok'
  } catch (error) {
    logError(error)
    return 'failed'
  }
}
