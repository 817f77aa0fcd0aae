import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type AuditEntry, audit, projects } from '../schema/tables.ts'
import {
  type Database,
  DatabaseError,
  type Found,
  field,
  insertListed,
  insertWhere,
  query,
  retryTransient,
  type Statement,
  toLists,
} from './database.ts'
import { callerRead, type ProjectRef } from './project-read.ts'
import { isUnchanged, type Snapshot, snapshotValues } from './settings.ts'

/** A `projectId` or `subject` of null is the id of the row that the change inserts. */
export type NewAuditEntry = Omit<AuditEntry, 'id' | 'projectId' | 'subject'> & {
  projectId: number | null
  subject: string | null
}

const param = sql.placeholder

const entryInsert = query((db) =>
  insertWhere(db, audit, sql`changes() = 1`, {
    id: sql`null`,
    projectId: sql`coalesce(${param('projectId')}, last_insert_rowid())`,
    subject: sql`coalesce(${param('subject')}, last_insert_rowid())`,
  }),
)
/** Directly after a change: the entry is written only if the change wrote its row. */
export function insertEntry(entry: NewAuditEntry): Statement {
  return entryInsert({ ...entry })
}

const loneEntry = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('projectId')))
  return insertWhere(db, audit, sql`exists ${project}`, { id: sql`null` }).returning({ id: audit.id })
})

/** An entry of what changes no row. It returns no row if there is an entry with its write id, or no such project. */
export function insertLoneEntry(entry: NewAuditEntry) {
  return loneEntry({ ...entry })
}

const ownEntry = query((db) =>
  db
    .select({ id: audit.id })
    .from(audit)
    .where(eq(audit.writeId, param('writeId'))),
)

/** Filter of a list of entries; null leaves a part out. Times are milliseconds since 1970. */
export interface AuditFilter {
  subject: string | null
  after: number | null
  before: number | null
}

const isShown = and(
  sql`(${param('after')} is null or ${audit.createdAt} >= ${param('after')})`,
  sql`(${param('before')} is null or ${audit.createdAt} <= ${param('before')})`,
)

function page(which?: SQL) {
  return callerRead<AuditEntry>((from) =>
    from(getTableColumns(audit))
      .innerJoin(audit, and(eq(audit.projectId, projects.id), which, isShown))
      .orderBy(desc(audit.id))
      .limit(param('limit'))
      .offset(param('offset')),
  )
}

const ofProject = page()
const ofSubject = page(eq(audit.subject, param('subject')))

/** A page of a project's entries, newest first. */
export function listEntries(project: ProjectRef, filter: AuditFilter, limit: number, offset: number) {
  return (filter.subject === null ? ofProject : ofSubject)(project, { ...filter, limit, offset })
}

const ofAll = query((db) =>
  db.select().from(audit).where(isShown).orderBy(desc(audit.id)).limit(param('limit')).offset(param('offset')),
)

/** A page of the entries of all projects, deleted ones too, newest first. */
export function listAllEntries(filter: Omit<AuditFilter, 'subject'>, limit: number, offset: number) {
  return ofAll({ ...filter, limit, offset })
}

/**
 * Sends a change and its audit entry as one transaction; the entry is written only if the change wrote its row. `rest`
 * follows in the same batch. Returns whether the change was written, and the rows of `rest`.
 */
export async function commit<S extends readonly Statement[]>(
  db: Database,
  change: Statement,
  entry: NewAuditEntry,
  ...rest: S
): Promise<{ committed: boolean; found: Found<S> }> {
  const own = ownEntry({ writeId: entry.writeId })
  const batch = [change, insertEntry(entry), own, ...rest] as const
  const [, , entries, ...found] = await retryTransient(() => db.batch(batch))
  return { committed: entries.length > 0, found: found as Found<S> }
}

const allInsert = query((db) =>
  insertListed(db, audit, { id: sql`null`, projectId: sql`case when ${isUnchanged} then ${field('projectId')} end` }),
)
/** The error of D1 when the guard in `allInsert` makes project_id null, which rolls the batch back. */
const MOVED_ON = /NOT NULL constraint failed: audit\.project_id/

/**
 * Sends changes of a project's settings and their audit entries as one transaction: all of them are written, or none. The
 * entries, at least one, go first. If the rows are not those of the snapshot, their project_id becomes null, the NOT NULL
 * constraint fails, and D1 rolls the whole batch back; then the rows of `rest` are returned.
 */
export async function commitAll<S extends readonly Statement[]>(
  db: Database,
  snapshot: Snapshot,
  changes: readonly Statement[],
  entries: readonly NewAuditEntry[],
  ...rest: S
): Promise<{ committed: true } | { committed: false; found: Found<S> }> {
  const written = toLists(audit, entries).map((rows) => allInsert({ rows, ...snapshotValues(snapshot) }))
  try {
    await retryTransient(() => db.batch([...written, ...changes]))
    return { committed: true }
  } catch (error) {
    if (!(error instanceof DatabaseError) || !MOVED_ON.test(error.message)) throw error
    const own = ownEntry({ writeId: entries[0]?.writeId })
    const [ours, ...found] = await db.batch([own, ...rest] as const)
    return ours.length > 0 ? { committed: true } : { committed: false, found: found as Found<S> }
  }
}
