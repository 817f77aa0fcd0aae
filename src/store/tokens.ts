import { and, eq, exists, getTableColumns, gt, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { projects, type Token, tokens } from '../schema/tables.ts'
import { insertWhere, query, type Statement } from './database.ts'
import { type ProjectRef, projectRead } from './project-read.ts'

export type NewToken = Omit<Token, 'id' | 'revokedAt' | 'lastUsedAt'> & { digest: string }

const param = sql.placeholder
const { digest, ...columns } = getTableColumns(tokens)

const ofDigest = query((db) =>
  db
    .select(columns)
    .from(tokens)
    .where(eq(tokens.digest, param('digest'))),
)

export function findToken(hash: string) {
  return ofDigest({ digest: hash })
}

const ofProject = eq(tokens.projectId, projects.id)
const saved = projectRead<Token, readonly Token[]>({ columns, table: tokens, on: ofProject }, (rows) => rows)

/** All tokens of a project, expired and revoked ones too, in no order. */
export function listTokens(project: ProjectRef) {
  return saved(project)
}

const oneOf = (isToken: SQL) =>
  projectRead<Token, Token | null>({ columns, table: tokens, on: and(ofProject, isToken) }, ([row]) => row ?? null)
const withId = oneOf(eq(tokens.id, param('token')))
const withDigest = oneOf(eq(tokens.digest, param('token')))

/** A project's token with that id (a number) or digest; null if there is none. */
export function findTokenOf(project: ProjectRef, token: number | string) {
  return (typeof token === 'number' ? withId : withDigest)(project, { token })
}

const isLive = and(eq(tokens.projectId, param('projectId')), eq(tokens.id, param('liveId')), isNull(tokens.revokedAt))
const unset = { id: sql`null`, revokedAt: sql`null`, lastUsedAt: sql`null` }

/** Counts the live tokens of a project without the one that is replaced. */
const liveTokens = sql`(
  select count(*) from ${tokens}
  where ${tokens.projectId} = ${param('projectId')} and ${tokens.revokedAt} is null
    and ${tokens.expiresAt} > ${param('createdAt')} and ${tokens.id} is not ${param('liveId')}
)`

const tokenInsert = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('projectId')))
  const replaced = db.select({ id: tokens.id }).from(tokens).where(isLive)
  const condition = sql`exists ${project} and (${param('liveId')} is null or exists ${replaced}) and ${liveTokens} < ${param('limit')}`
  return insertWhere(db, tokens, condition, unset)
})

/**
 * Nothing is written if the project is gone or has `limit` live tokens already, or if the token that this one replaces
 * is revoked.
 */
export function insertToken(row: NewToken, limit: number, replacedId: number | null): Statement {
  return tokenInsert({ ...row, limit, liveId: replacedId })
}

const replaceable = query((db) =>
  db
    .select({ projectId: projects.id, liveId: sql<number | null>`${tokens.id}`.as('live_id') })
    .from(projects)
    .leftJoin(tokens, isLive)
    .where(eq(projects.id, param('projectId'))),
)

/** Returns why `insertToken` wrote nothing: no row if the project is gone, `liveId` null if there is nothing to replace. */
export function findReplaceable(projectId: number, replacedId: number | null) {
  return replaceable({ projectId, liveId: replacedId })
}

const revocation = query((db) =>
  db
    .update(tokens)
    .set({ revokedAt: sql`${param('now')}` })
    .where(isLive),
)

/** Nothing is written if the token is revoked already. */
export function markRevoked({ projectId, id }: Token, now: number): Statement {
  return revocation({ projectId, liveId: id, now })
}

const replacement = query((db) => {
  const successor = db
    .select({ id: tokens.id })
    .from(tokens)
    .where(eq(tokens.digest, param('digest')))
  return db
    .update(tokens)
    .set({ revokedAt: sql`${param('now')}` })
    .where(and(isLive, sql`exists ${successor}`))
})

/** Revokes a token if the one that replaces it was inserted. */
export function markReplaced({ projectId, id }: Token, { digest: hash, createdAt: now }: NewToken): Statement {
  return replacement({ projectId, liveId: id, digest: hash, now })
}

const familyRevocation = query((db) => {
  const between = alias(tokens, 'between_them')
  const isRotatedAgain = exists(
    db
      .select({ id: between.id })
      .from(between)
      .where(
        and(
          eq(between.projectId, param('projectId')),
          eq(between.familyId, param('familyId')),
          gt(between.id, param('reusedId')),
          lt(between.id, tokens.id),
        ),
      ),
  )
  return db
    .update(tokens)
    .set({ revokedAt: sql`${param('now')}` })
    .where(
      and(
        eq(tokens.projectId, param('projectId')),
        eq(tokens.familyId, param('familyId')),
        isNull(tokens.revokedAt),
        or(sql`${param('isLate')}`, isNotNull(tokens.lastUsedAt), isRotatedAgain),
      ),
    )
})

/**
 * Revokes the one token of a family of rotations that is still live, if `isLate`, or if it was used, or if it is not
 * the one that `reused` was rotated into.
 */
export function markFamilyRevoked(reused: Token, isLate: boolean, now: number): Statement {
  const { id: reusedId, projectId } = reused
  return familyRevocation({ projectId, familyId: familyOf(reused), reusedId, isLate: isLate ? 1 : 0, now })
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

/** Records the use of a token, unless one after `since` is recorded. */
export function touchToken(id: number, now: number, since: number): Statement {
  return use({ id, now, since })
}
