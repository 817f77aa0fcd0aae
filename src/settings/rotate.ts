import type { KeyRing } from '../crypto/keyring.ts'
import type { Database } from '../store/database.ts'
import {
  countKeys,
  listSealedByOthers,
  type RotationCursor,
  resealSettings,
  type SealedRow,
} from '../store/settings.ts'
import { describeUnreadable, logUnreadable, resealed, type UnreadableRow } from './vault.ts'

/** Rows of one step: few enough for one batch and the CPU time of one request. */
const STEP = 50

const START: RotationCursor = { keyId: '', id: 0 }

/** Result of one step of a rotation. */
export interface Rotation {
  resealed: number
  /** Rows whose secrets do not open: they stay as they are. */
  unreadable: readonly UnreadableRow[]
  /** Set once each row is sealed with the first key. */
  done: boolean
  /** Place at which the next step goes on; null at the end of the walk. */
  next: RotationCursor | null
}

/** Returns how many rows each key still seals, the keys of the ring first. */
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
 * Seals one bounded step of the rows that other keys than the first seal with the first one. Versions, times and
 * fingerprints stay, and a row that is edited meanwhile keeps its edit.
 */
export async function rotate(db: Database, ring: KeyRing, after: RotationCursor = START): Promise<Rotation> {
  const rows = await sealedByOthers(db, ring, after, STEP)
  const results = await Promise.all(rows.map(async (row) => ({ row, secrets: await resealed(ring, row) })))
  const writes = results.flatMap(({ row, secrets }) => (secrets === null ? [] : resealSettings(row, secrets)))
  await db.batch(writes)
  const unreadable = results.flatMap(({ row, secrets }) => (secrets === null ? describeUnreadable(ring, row) : []))
  logUnreadable(unreadable)
  const last = rows.length < STEP ? undefined : rows.at(-1)
  return {
    resealed: writes.length,
    unreadable,
    done: last === undefined && (await isAllSealed(db, ring, after, rows)),
    next: last ? { keyId: last.keyId, id: last.id } : null,
  }
}

/** Runs the steps of a rotation one after the other, up to a bound: the rest waits for the next run. */
export async function rotateAll(db: Database, ring: KeyRing, maxSteps: number): Promise<void> {
  let after: RotationCursor | null = START
  for (let step = 0; step < maxSteps && after; step++) after = (await rotate(db, ring, after)).next
}

/** Returns whether no other key seals a row, at the end of a walk: one from the start that found none has shown it. */
async function isAllSealed(db: Database, ring: KeyRing, after: RotationCursor, rows: readonly SealedRow[]) {
  if (after === START && rows.length === 0) return true
  return (await sealedByOthers(db, ring, START, 1)).length === 0
}

async function sealedByOthers(db: Database, ring: KeyRing, after: RotationCursor, limit: number): Promise<SealedRow[]> {
  const [below, above] = await db.batch(listSealedByOthers(ring.first.id, after, limit))
  return [...below, ...above].slice(0, limit)
}
