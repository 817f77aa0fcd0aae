import type { FieldErrors } from '../schema/issues.ts'
import type { Settings } from '../schema/tables.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { findSettings, insertSettings, updateSettings } from '../store/settings.ts'
import { type Actor, entryOf } from './actor.ts'
import { type EditRequest, preview } from './preview.ts'
import { type AttemptResult, retryOnConflict } from './retry.ts'

export interface SaveRequest extends EditRequest {
  db: Database
  actor: Actor
  projectId: number
  /** Whether the request's preconditions hold for what is saved. */
  isExpected(saved: Settings | null): boolean
}

export type Outcome =
  | { kind: 'saved'; settings: Settings }
  | { kind: 'invalid' | 'violations'; fields: FieldErrors }
  | { kind: 'absent' | 'no project' | 'unexpected' | 'nothing to inherit' | 'conflict' }

/** Saves what was sent over `saved`, the row as the request found it, and again over newer rows where others write too. */
export async function save(request: SaveRequest, saved: Settings | null): Promise<Outcome> {
  const writeId = crypto.randomUUID()
  const outcome = await retryOnConflict(saved, (row) => trySave(request, row, writeId))
  return outcome ?? { kind: 'conflict' }
}

async function trySave(
  request: SaveRequest,
  saved: Settings | null,
  writeId: string,
): Promise<AttemptResult<Outcome, Settings>> {
  const { db, actor, projectId, service, sent, method } = request
  const { merged, invalid, violations, edit } = await preview(request, saved)
  if (invalid) return done({ kind: 'invalid', fields: invalid })
  if (method === 'PATCH' && !saved) return done({ kind: 'absent' })
  if (!request.isExpected(saved)) return done({ kind: 'unexpected' })
  if (sent.values.use_inherited_settings === true) return done({ kind: 'nothing to inherit' })
  if (violations) return done({ kind: 'violations', fields: violations })
  if (saved && merged.changes.length === 0) return done({ kind: 'saved', settings: saved })

  const now = Date.now()
  const row = await edit(projectId, now)
  const change = saved
    ? updateSettings(saved, row)
    : insertSettings({ projectId, slug: service.slug, ...row, version: 1, createdAt: now })
  const action = saved ? 'settings.updated' : 'settings.created'
  const entry = entryOf(actor, {
    projectId,
    action,
    subject: service.slug,
    changes: merged.changes,
    writeId,
    createdAt: now,
  })
  const { committed, found } = await commit(db, change, entry, findSettings(projectId, service.slug).as(INSTANCE))
  const [{ projectId: existing, value: current }] = found
  if (existing === undefined) return done({ kind: 'no project' })
  if (!committed) return { conflict: current }
  return done(current ? { kind: 'saved', settings: current } : { kind: 'conflict' })
}

function done(outcome: Outcome): { done: Outcome } {
  return { done: outcome }
}
