import type { KeyRing } from '../crypto/keyring.ts'
import type { Database } from '../store/database.ts'
import { countKeys, listSealedBy, resealSettings } from '../store/settings.ts'
import { resealed } from './vault.ts'

/** Rows of one step: few enough for one batch and the CPU time of one request. */
const STEP = 50

/** How many rows each key still seals, the keys of the ring first. */
export async function keyUse(db: Database, ring: KeyRing) {
  const [counts] = await db.batch([countKeys()] as const)
  const rows = new Map(counts.map((count) => [count.keyId, count.rows]))
  const ids = [...new Set([...ring.ids, ...rows.keys()])]
  return ids.map((id) => ({
    id,
    rows: rows.get(id) ?? 0,
    seals: id === ring.first.id,
    in_ring: ring.ids.includes(id),
  }))
}

/**
 * Seals rows of older keys anew, one bounded step; called again, it goes on where it was. Versions, times and
 * fingerprints stay, and a row that is edited meanwhile is left to its edit. Rows whose key the ring lacks are left.
 */
export async function rotate(db: Database, ring: KeyRing): Promise<{ resealed: number; done: boolean }> {
  const old = ring.ids.filter((id) => id !== ring.first.id)
  const [rows] = old.length === 0 ? [[]] : await db.batch([listSealedBy(old, STEP)] as const)
  await db.batch(await Promise.all(rows.map(async (row) => resealSettings(row, await resealed(ring, row)))))
  return { resealed: rows.length, done: rows.length < STEP }
}
