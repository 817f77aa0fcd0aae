import type { Database } from '../store/database.ts'
import { deleteOlder, listOverdue } from '../store/deliveries.ts'
import type { Engine } from './engine.ts'

const MAX_DESTINATIONS = 1000
const DELETE_ROWS = 500
/** Steps of one run; the next run goes on. */
const DELETE_STEPS = 20
const DAY_MS = 24 * 60 * 60 * 1000

/** Notifies destinations that nobody works on although they should: a crash or a lost notification left them. */
export async function sweep({ db, graceMs, notify }: Pick<Engine, 'db' | 'graceMs' | 'notify'>): Promise<void> {
  const now = Date.now()
  const [rows] = await db.batch([listOverdue(now - graceMs, now, MAX_DESTINATIONS)] as const)
  await notify(rows.map(({ settingsId }) => settingsId))
}

/** Deletes events and deliveries older than `days`, in bounded steps. */
export async function deleteExpired(db: Database, days: number): Promise<void> {
  const before = Date.now() - days * DAY_MS
  for (let step = 0; step < DELETE_STEPS; step++) {
    const deleted = await db.batch(deleteOlder(before, DELETE_ROWS))
    if (deleted.every((rows) => rows.length < DELETE_ROWS)) return
  }
}
