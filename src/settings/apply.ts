import type { Settings } from '../schema/tables.ts'
import { commitAll, type NewAuditEntry } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import {
  deleteAllSettings,
  insertAllSettings,
  listSettings,
  type NewSettings,
  type SettingsEdit,
  updateAllSettings,
} from '../store/settings.ts'
import { type Actor, entryOf } from './actor.ts'
import { guardedSlugs, type PlanRequest, plan, type Refusal, type Step } from './plan.ts'
import { type AttemptResult, retryOnConflict } from './retry.ts'

export interface ApplyRequest extends PlanRequest {
  db: Database
  actor: Actor
  /** Answers the plan, and writes nothing. */
  dryRun: boolean
}

export type Applied = { kind: 'planned'; steps: readonly Step[] } | Refusal | { kind: 'gone' } | { kind: 'conflict' }

type Rows = readonly Settings[]

const ACTIONS = { create: 'settings.created', change: 'settings.updated', delete: 'settings.deleted' } as const

/**
 * Brings the settings of a project to what is desired, all of them in one transaction, or none: `rows` are its settings
 * as the request found them, and where others write meanwhile, what they left is planned upon anew.
 */
export async function apply(request: ApplyRequest, projectId: number, rows: Rows): Promise<Applied> {
  const writeId = crypto.randomUUID()
  const applied = await retryOnConflict(rows, (current) => tryApply(request, projectId, current, writeId))
  return applied ?? { kind: 'conflict' }
}

async function tryApply(
  request: ApplyRequest,
  projectId: number,
  rows: Rows | null,
  writeId: string,
): Promise<AttemptResult<Applied, Rows>> {
  if (!rows) return { done: { kind: 'gone' } }
  const planned = await plan(request, rows)
  if (planned.kind !== 'planned' || request.dryRun) return { done: planned }

  const now = Date.now()
  const created: NewSettings[] = []
  const changed: (SettingsEdit & Pick<Settings, 'id' | 'version'>)[] = []
  const deleted: Settings[] = []
  const entries: NewAuditEntry[] = []
  for (const step of planned.steps) {
    const { slug, changes } = step
    switch (step.action) {
      case 'create':
        created.push({ projectId, slug, ...(await step.edit(projectId, now)), version: 1, createdAt: now })
        break
      case 'change':
        changed.push({ id: step.saved.id, version: step.saved.version, ...(await step.edit(projectId, now)) })
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
  if (entries.length === 0) return { done: planned }

  const writes = [...deleteAllSettings(deleted), ...updateAllSettings(changed), ...insertAllSettings(created)]
  const slugs = guardedSlugs(request)
  const snapshot = { projectId, slugs, rows: rows.filter(({ slug }) => slugs === null || slugs.includes(slug)) }
  const result = await commitAll(request.db, snapshot, writes, entries, listSettings(projectId, false).as(INSTANCE))
  if (result.committed) return { done: planned }
  const [found] = result.found
  return { conflict: found.projectId === undefined ? null : found.value }
}
