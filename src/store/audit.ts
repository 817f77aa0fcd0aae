import { eq, type SQL, sql } from 'drizzle-orm'
import { type AuditEntry, audit } from '../schema/tables.ts'
import { type Database, insertWhere, type Statement } from './database.ts'

export type NewAuditEntry = Omit<AuditEntry, 'id' | 'projectId' | 'subject'> & {
  projectId: number | SQL
  subject: string | SQL | null
}

/** The id of the row that the change inserts, for its audit entry. */
export const insertedId = sql`last_insert_rowid()`

/**
 * Sends a change and its audit entry as one transaction, the entry written only where the change wrote its row.
 * `rest` goes out in the same batch, after both. Answers whether the change landed, and what `rest` found.
 */
export async function commit<T extends Statement[]>(
  db: Database,
  change: Statement,
  entry: NewAuditEntry,
  ...rest: T
): Promise<{ landed: boolean; found: { [K in keyof T]: Awaited<T[K]> } }> {
  const written = insertWhere(db, audit, entry, sql`changes() = 1`)
  const own = db.select({ id: audit.id }).from(audit).where(eq(audit.writeId, entry.writeId))
  const [, , entries, ...found] = await db.batch([change, written, own, ...rest])
  return { landed: entries.length > 0, found: found as { [K in keyof T]: Awaited<T[K]> } }
}
