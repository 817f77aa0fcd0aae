import { and, eq, getTableColumns, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { projects, type Token, tokens } from '../schema/tables.ts'
import { insertWhere, query, type Statement } from './database.ts'
import { onProject, type ProjectRef, projectColumns } from './projects.ts'

export type NewToken = Omit<Token, 'id' | 'revokedAt' | 'lastUsedAt'> & { digest: string }

const param = sql.placeholder
const { digest, ...columns } = getTableColumns(tokens)

/** All but the digest, which is there to find tokens by. */
export const tokenColumns = columns

const ofDigest = query((db) =>
  db
    .select(tokenColumns)
    .from(tokens)
    .where(eq(tokens.digest, param('digest'))),
)

export function findToken(digest: string) {
  return ofDigest({ digest })
}

const saved = onProject((db, isProject) => joined(db, isProject, undefined))

/** A project, and each of its tokens, dead ones too: at least one row where the project exists. In no order. */
export function listTokens(project: ProjectRef) {
  return saved(project)
}

const withId = onProject((db, isProject) => joined(db, isProject, eq(tokens.id, param('token'))))
const withDigest = onProject((db, isProject) => joined(db, isProject, eq(tokens.digest, param('token'))))

/** A project, and its token with that id (a number) or digest: one row where the project exists. */
export function findTokenOf(project: ProjectRef, token: number | string) {
  return (typeof token === 'number' ? withId : withDigest)(project, { token })
}

const isLive = and(eq(tokens.projectId, param('projectId')), eq(tokens.id, param('liveId')), isNull(tokens.revokedAt))
const unset = { id: sql`null`, revokedAt: sql`null`, lastUsedAt: sql`null` }

const tokenInsert = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('projectId')))
  return insertWhere(db, tokens, sql`exists ${project}`, unset)
})
const tokenReplacement = query((db) => {
  const replaced = db.select({ id: tokens.id }).from(tokens).where(isLive)
  return insertWhere(db, tokens, sql`exists ${replaced}`, unset)
})

/** Nothing is written where the project is gone, or the token that this one replaces is not live in it. */
export function insertToken(row: NewToken, replacedId?: number): Statement {
  return replacedId === undefined ? tokenInsert({ ...row }) : tokenReplacement({ ...row, liveId: replacedId })
}

const revocation = query((db) =>
  db
    .update(tokens)
    .set({ revokedAt: sql`${param('now')}` })
    .where(isLive),
)

/** Nothing is written where the token is revoked already. */
export function markRevoked(projectId: number, liveId: number, now: number): Statement {
  return revocation({ projectId, liveId, now })
}

const familyRevocation = query((db) =>
  db
    .update(tokens)
    .set({ revokedAt: sql`${param('now')}` })
    .where(
      and(
        eq(tokens.projectId, param('projectId')),
        or(eq(tokens.id, param('familyId')), eq(tokens.familyId, param('familyId'))),
        isNull(tokens.revokedAt),
      ),
    ),
)

/** Revokes the one token of a chain of rotations that is still live. */
export function markFamilyRevoked(token: Token, now: number): Statement {
  return familyRevocation({ projectId: token.projectId, familyId: familyOf(token), now })
}

export function familyOf({ familyId, id }: Token): number {
  return familyId ?? id
}

const use = query((db) =>
  db
    .update(tokens)
    .set({ lastUsedAt: sql`${param('now')}` })
    .where(and(eq(tokens.id, param('id')), or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, param('since'))))),
)

/** Notes that a token was used, unless it was noted after `since`. */
export function touchToken(id: number, now: number, since: number): Statement {
  return use({ id, now, since })
}

function joined(db: DrizzleD1Database, isProject: SQL, which: SQL | undefined) {
  return db
    .select({ project: projectColumns, token: tokenColumns })
    .from(projects)
    .leftJoin(tokens, and(eq(tokens.projectId, projects.id), which))
    .where(isProject)
}
