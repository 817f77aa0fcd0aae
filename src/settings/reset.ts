import type { Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { deleteSettings, findSettings } from '../store/settings.ts'
import { type Actor, entryOf } from './actor.ts'
import { droppedSecrets } from './changes.ts'
import { type Step, toDeletion } from './plan.ts'
import { type AttemptResult, retryOnConflict } from './retry.ts'
import { reread } from './save.ts'

export interface ResetRequest {
  db: Database
  actor: Actor
  /** Returns whether the preconditions of the request hold for what is saved. */
  isExpected(saved: Settings): boolean
}

export type ResetOutcome = 'deleted' | 'absent' | 'unexpected' | 'conflict'

/** Deletes settings and their secrets; when another request writes first, the newer row if the preconditions still hold. */
export async function reset(request: ResetRequest, saved: Settings | null): Promise<ResetOutcome> {
  const writeId = crypto.randomUUID()
  if (!saved) return 'absent'
  const { projectId, slug } = saved
  const outcome = await retryOnConflict<ResetOutcome, Settings>({
    key: `settings/${projectId}/${slug}`,
    row: saved,
    attempt: (row) => tryReset(request, row, writeId),
    reread: () => reread(request.db, projectId, slug),
  })
  return outcome ?? 'conflict'
}

/** Returns the step that a reset would take, and writes nothing. */
export function planReset(
  { isExpected }: Pick<ResetRequest, 'isExpected'>,
  service: Service,
  saved: Settings | null,
): Step | 'absent' | 'unexpected' {
  if (!saved) return 'absent'
  return isExpected(saved) ? toDeletion(service, saved) : 'unexpected'
}

async function tryReset(
  request: ResetRequest,
  saved: Settings | null,
  writeId: string,
): Promise<AttemptResult<ResetOutcome, Settings>> {
  if (!saved) return { done: 'absent' }
  if (!request.isExpected(saved)) return { done: 'unexpected' }
  const { projectId, slug } = saved
  const entry = entryOf(request.actor, {
    projectId,
    action: 'settings.deleted',
    subject: slug,
    changes: droppedSecrets(saved),
    writeId,
    createdAt: Date.now(),
  })
  const { committed, found } = await commit(
    request.db,
    deleteSettings(saved),
    entry,
    findSettings(projectId, slug).as(INSTANCE),
  )
  return committed ? { done: 'deleted' } : { conflict: found[0].value }
}
