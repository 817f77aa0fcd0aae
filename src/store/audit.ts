import { eq, sql } from 'drizzle-orm'
import { type AuditEntry, audit } from '../schema/tables.ts'
import { type Database, type Found, insertWhere, query, type Statement } from './database.ts'

/** Where `projectId` or `subject` is null, it is the id of the row that the change inserts. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'projectId' | 'subject'> & {
  projectId: number | null
  subject: string | null
}

const value = sql.placeholder

const entryInsert = query((db) =>
  insertWhere(db, audit, sql`changes() = 1`, {
    id: sql`null`,
    projectId: sql`coalesce(${value('projectId')}, last_insert_rowid())`,
    subject: sql`coalesce(${value('subject')}, last_insert_rowid())`,
  }),
)
const ownEntry = query((db) =>
  db
    .select({ id: audit.id })
    .from(audit)
    .where(eq(audit.writeId, value('writeId'))),
)

/**
 * Sends a change and its audit entry as one transaction, the entry written only where the change wrote its row.
 * `rest` goes out in the same batch, after both. Answers whether the change landed, and what `rest` found.
 */
export async function commit<S extends readonly Statement[]>(
  db: Database,
  change: Statement,
  entry: NewAuditEntry,
  ...rest: S
): Promise<{ landed: boolean; found: Found<S> }> {
  const own = ownEntry({ writeId: entry.writeId })
  const [, , entries, ...found] = await db.batch([change, entryInsert({ ...entry }), own, ...rest] as const)
  return { landed: entries.length > 0, found: found as Found<S> }
}
