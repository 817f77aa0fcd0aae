import type { FieldErrors } from '../schema/issues.ts'
import type { Settings } from '../schema/tables.ts'
import { commit, type NewAuditEntry } from '../store/audit.ts'
import type { Database, Statement } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { findSettings, insertSettings, type SettingsEdit, updateSettings } from '../store/settings.ts'
import { type Actor, entryOf, mayReadSecrets } from './actor.ts'
import { type Step, toStep } from './plan.ts'
import { type EditRequest, type PendingEdit, preview } from './preview.ts'
import { endpointsMovedMeanwhile } from './race.ts'
import { type AttemptResult, retryOnConflict } from './retry.ts'

export interface SaveRequest extends Omit<EditRequest, 'comparesSecrets'> {
  db: Database
  actor: Actor
  projectId: number
  /** Returns whether the preconditions of the request hold for what is saved. */
  isExpected(saved: Settings | null): boolean
}

export type Outcome =
  | { kind: 'saved'; settings: Settings }
  | { kind: 'invalid' | 'violations'; fields: FieldErrors }
  | { kind: 'moved'; names: string[] }
  | { kind: 'absent' | 'no project' | 'unexpected' | 'nothing to inherit' | 'conflict' }

export type SaveRefusal = Exclude<Outcome, { kind: 'saved' }>
type SavePlan = { kind: 'planned'; step: Step } | SaveRefusal

/** Saves a request over `found`, the row as the request found it, or over the newer row when another request writes first. */
export async function save(request: SaveRequest, found: Settings | null): Promise<Outcome> {
  const { db, projectId, service } = request
  const writeId = crypto.randomUUID()
  const outcome = await retryOnConflict<Outcome, Settings>({
    key: `settings/${projectId}/${service.slug}`,
    row: found,
    attempt: (row) => trySave(request, found, row, writeId),
    reread: () => reread(db, projectId, service.slug),
  })
  return outcome ?? { kind: 'conflict' }
}

/** Reads a row again, for another try. */
export async function reread(db: Database, projectId: number, slug: string): Promise<Settings | null> {
  const [{ value }] = await db.batch([findSettings(projectId, slug).as(INSTANCE)] as const)
  return value
}

/** Returns the step that a save would take, and writes nothing. */
export async function planSave(request: SaveRequest, saved: Settings | null): Promise<SavePlan> {
  const { service, sent } = request
  const pending = await preview({ ...request, comparesSecrets: mayReadSecrets(request.actor) }, saved)
  const refusal = refuse(request, pending, saved, saved)
  return refusal ?? { kind: 'planned', step: toStep({ service, sent, row: saved, isAbsent: false, pending }) }
}

async function trySave(
  request: SaveRequest,
  found: Settings | null,
  saved: Settings | null,
  writeId: string,
): Promise<AttemptResult<Outcome, Settings>> {
  const { db, projectId, service } = request
  const pending = await preview({ ...request, comparesSecrets: true }, saved)
  const refusal = refuse(request, pending, found, saved)
  if (refusal) return { done: refusal }
  if (saved && pending.merged.changes.length === 0) return { done: { kind: 'saved', settings: saved } }

  const now = Date.now()
  const change = toStatement(request, saved, await pending.edit(projectId, now), now)
  const entry = toEntry(request, pending, saved, { writeId, createdAt: now })
  const { committed, found: rows } = await commit(db, change, entry, findSettings(projectId, service.slug).as(INSTANCE))
  const [{ projectId: existing, value: current }] = rows
  if (existing === undefined) return { done: { kind: 'no project' } }
  if (!committed) return { conflict: current }
  return { done: current ? { kind: 'saved', settings: current } : { kind: 'conflict' } }
}

/** Returns why a request is not carried out on the row as it is now (docs/rules.md#errors has the order). */
function refuse(
  request: SaveRequest,
  { invalid, violations }: PendingEdit,
  found: Settings | null,
  saved: Settings | null,
): SaveRefusal | undefined {
  const { service, sent, method } = request
  if (invalid) return { kind: 'invalid', fields: invalid }
  if (method === 'PATCH' && !saved) return { kind: 'absent' }
  if (!request.isExpected(saved)) return { kind: 'unexpected' }
  if (sent.values.use_inherited_settings === true) return { kind: 'nothing to inherit' }
  const names = endpointsMovedMeanwhile(service, sent, found, saved)
  if (names.length > 0) return { kind: 'moved', names }
  return violations && { kind: 'violations', fields: violations }
}

function toStatement(
  { projectId, service }: SaveRequest,
  saved: Settings | null,
  edit: SettingsEdit,
  now: number,
): Statement {
  if (saved) return updateSettings({ saved, edit })
  return insertSettings({ projectId, slug: service.slug, ...edit, version: 1, createdAt: now })
}

function toEntry(
  { actor, projectId, service }: SaveRequest,
  { merged }: PendingEdit,
  saved: Settings | null,
  write: Pick<NewAuditEntry, 'writeId' | 'createdAt'>,
): NewAuditEntry {
  const action = saved ? 'settings.updated' : 'settings.created'
  return entryOf(actor, { ...write, projectId, action, subject: service.slug, changes: merged.changes })
}
