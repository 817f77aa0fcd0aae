import { and, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { projects, tokens } from '../schema/tables.ts'
import { type Database, insertWhere, type Statement } from './database.ts'
import { isProject, type ProjectRef } from './projects.ts'

export type NewToken = typeof tokens.$inferInsert

export function findToken(db: Database, digest: string) {
  return db.select().from(tokens).where(eq(tokens.digest, digest))
}

/** A project, and each of its tokens, dead ones too: at least one row where the project exists. In no order. */
export function listTokens(db: Database, project: ProjectRef) {
  return joined(db, project, undefined)
}

/** A project, and its token with that id (a number) or digest: one row where the project exists. */
export function findTokenOf(db: Database, project: ProjectRef, token: number | string) {
  return joined(db, project, typeof token === 'number' ? eq(tokens.id, token) : eq(tokens.digest, token))
}

export function findTokenNow(db: Database, projectId: number, digest: string) {
  return db
    .select()
    .from(tokens)
    .where(and(eq(tokens.projectId, projectId), eq(tokens.digest, digest)))
}

/** Nothing is written where the project is gone, or the token that this one replaces is not live in it. */
export function insertToken(db: Database, row: NewToken, replacedId?: number): Statement {
  const owner =
    replacedId === undefined
      ? db.select({ id: projects.id }).from(projects).where(eq(projects.id, row.projectId))
      : db.select({ id: tokens.id }).from(tokens).where(isLive(row.projectId, replacedId))
  return insertWhere(db, tokens, row, sql`exists ${owner}`)
}

/** Nothing is written where the token is revoked already. */
export function revokeToken(db: Database, projectId: number, id: number, now: number): Statement {
  return db.update(tokens).set({ revokedAt: now }).where(isLive(projectId, id))
}

/** Notes that a token was used, unless it was noted after `since`. */
export function touchToken(db: Database, id: number, now: number, since: number) {
  return db
    .update(tokens)
    .set({ lastUsedAt: now })
    .where(and(eq(tokens.id, id), or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, since))))
}

function joined(db: Database, project: ProjectRef, which: SQL | undefined) {
  return db
    .select({ project: { id: sql<number>`${projects.id}`.as('owner_id') }, token: tokens })
    .from(projects)
    .leftJoin(tokens, and(eq(tokens.projectId, projects.id), which))
    .where(isProject(project))
}

function isLive(projectId: number, id: number) {
  return and(eq(tokens.projectId, projectId), eq(tokens.id, id), isNull(tokens.revokedAt))
}
