import type { Settings } from '../schema/tables.ts'
import { commitAll, type NewAuditEntry } from '../store/audit.ts'
import type { Database, Statement } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import {
  deleteAllSettings,
  insertAllSettings,
  listSettings,
  type NewSettings,
  type RowUpdate,
  updateAllSettings,
} from '../store/settings.ts'
import { type Actor, entryOf, mayReadSecrets } from './actor.ts'
import { guardedSlugs, type Planned, type PlanRequest, plan, type Step } from './plan.ts'
import { type AttemptResult, retryOnConflict } from './retry.ts'

export interface ApplyRequest extends Omit<PlanRequest, 'comparesSecrets'> {
  db: Database
  actor: Actor
  /** Returns the plan, and writes nothing. */
  dryRun: boolean
}

export type Applied =
  | { kind: 'planned'; steps: readonly Step[] }
  | Exclude<Planned, { kind: 'planned' }>
  | { kind: 'gone' }
  | { kind: 'conflict' }

type Rows = readonly Settings[]

const ACTIONS = { create: 'settings.created', change: 'settings.updated', delete: 'settings.deleted' } as const

/**
 * Brings the settings of a project to what is desired, in one transaction. `found` holds its rows as the request found
 * them; when another request writes first, the plan is made again for the newer rows.
 */
export async function apply(request: ApplyRequest, projectId: number, found: Rows): Promise<Applied> {
  const writeId = crypto.randomUUID()
  const applied = await retryOnConflict<Applied, Rows>({
    key: `settings/${projectId}`,
    row: found,
    attempt: (rows) => tryApply({ request, projectId, found, writeId }, rows),
    reread: async () => rowsIn(await request.db.batch([listSettings(projectId, false).as(INSTANCE)] as const)),
  })
  return applied ?? { kind: 'conflict' }
}

interface Application {
  request: ApplyRequest
  projectId: number
  found: Rows
  writeId: string
}

async function tryApply(application: Application, rows: Rows | null): Promise<AttemptResult<Applied, Rows>> {
  const { request, projectId, found } = application
  if (!rows) return { done: { kind: 'gone' } }
  const comparesSecrets = !request.dryRun || mayReadSecrets(request.actor)
  const planned = await plan({ ...request, comparesSecrets }, rows, found)
  if (planned.kind !== 'planned' || request.dryRun) return { done: planned }
  const { writes, entries } = await toWrites(application, planned.steps)
  if (entries.length === 0) return { done: planned }

  const slugs = guardedSlugs(request)
  const snapshot = { projectId, slugs, rows: rows.filter(({ slug }) => slugs === null || slugs.includes(slug)) }
  const result = await commitAll(request.db, snapshot, writes, entries, listSettings(projectId, false).as(INSTANCE))
  return result.committed ? { done: planned } : { conflict: rowsIn(result.found) }
}

async function toWrites({ request, projectId, writeId }: Application, steps: readonly Step[]) {
  const now = Date.now()
  const created: NewSettings[] = []
  const updated: RowUpdate[] = []
  const deleted: Settings[] = []
  const entries: NewAuditEntry[] = []
  for (const step of steps) {
    const { slug, changes } = step
    switch (step.action) {
      case 'create':
        created.push({ projectId, slug, ...(await step.edit(projectId, now)), version: 1, createdAt: now })
        break
      case 'change':
        updated.push({ saved: step.saved, edit: await step.edit(projectId, now) })
        break
      case 'delete':
        deleted.push(step.saved)
        break
      default:
        continue
    }
    const place = { projectId, subject: slug, writeId: `${writeId}:${slug}`, createdAt: now }
    entries.push(entryOf(request.actor, { ...place, action: ACTIONS[step.action], changes }))
  }
  const writes: Statement[] = [
    ...deleteAllSettings(deleted),
    ...updateAllSettings(updated),
    ...insertAllSettings(created),
  ]
  return { writes, entries }
}

/** Returns the settings of a project; null if the project is gone. */
function rowsIn([found]: readonly [{ projectId: number | undefined; value: Rows }]): Rows | null {
  return found.projectId === undefined ? null : found.value
}
