import type { AuditEntry } from '../schema/tables.ts'
import { timestamp } from './present.ts'

/** Characters of changes on a page: about a thousand changes of usual length. */
const PAGE_LENGTH = 1_000_000

/**
 * Returns a page of the audit trail in GitLab's shape. The values of a page are bounded in total, because one project could
 * otherwise make a page of 100 entries with 80 KB each: entries past the bound name their fields only.
 */
export function presentEntries(entries: readonly AuditEntry[]) {
  let length = 0
  return entries.map((entry) => {
    length += JSON.stringify(entry.changes).length
    return presentEntry(entry, length <= PAGE_LENGTH)
  })
}

function presentEntry(entry: AuditEntry, hasValues: boolean) {
  const { actorId, actorKind, actorName, action, subject, changes } = entry
  return {
    id: entry.id,
    author_id: actorId,
    entity_id: entry.projectId,
    entity_type: 'Project',
    event_name: action,
    details: {
      author_name: actorName,
      author_kind: actorKind,
      target_type: action.split('.', 1)[0],
      target_id: subject,
      target_details: subject,
      ip_address: entry.address,
      request_id: entry.requestId,
      changes: hasValues ? changes : changes.map(({ field, secret }) => ({ field, ...(secret && { secret }) })),
      ...(!hasValues && { values_omitted: true }),
    },
    created_at: timestamp(entry.createdAt),
  }
}
