import { eq, sql } from 'drizzle-orm'
import { type AuditEntry, audit } from '../schema/tables.ts'
import { type Database, DatabaseError, type Found, insertWhere, query, type Statement } from './database.ts'

/** Where `projectId` or `subject` is null, it is the id of the row that the change inserts. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'projectId' | 'subject'> & {
  projectId: number | null
  subject: string | null
}

const MAX_TRIES = 4
const WAIT_MS = 25
/** What passes, in D1's own words. */
const TRANSIENT = /Network connection lost|storage caused object to be reset|reset because its code was updated/

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
  const batch = [change, entryInsert({ ...entry }), own, ...rest] as const
  const [, , entries, ...found] = await retried(() => db.batch(batch))
  return { landed: entries.length > 0, found: found as Found<S> }
}

/**
 * D1 never repeats a write by itself. This one may be repeated even where it landed and only the word of it was lost:
 * then it changes nothing and finds its own audit entry.
 */
async function retried<T>(send: () => Promise<T>, tries = 1): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (tries >= MAX_TRIES || !(error instanceof DatabaseError) || !TRANSIENT.test(error.message)) throw error
    await new Promise((resolve) => setTimeout(resolve, Math.random() * WAIT_MS * 2 ** tries))
    return retried(send, tries + 1)
  }
}
