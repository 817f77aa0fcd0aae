import type { Change } from '../schema/tables.ts'
import { type Actor, entryOf } from '../settings/actor.ts'
import type { NewAuditEntry } from '../store/audit.ts'

/** Returns the audit entry of a change of a project; `projectId` is null if the change creates it. */
export function projectEntry(
  actor: Actor,
  change: { projectId: number | null; action: string; changes: readonly Change[] },
): NewAuditEntry {
  const subject = change.projectId === null ? null : String(change.projectId)
  return entryOf(actor, { ...change, subject, writeId: crypto.randomUUID(), createdAt: Date.now() })
}
