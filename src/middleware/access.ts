import { createMiddleware } from 'hono/factory'
import { HTTPException } from 'hono/http-exception'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors, logError } from '../errors.ts'
import type { Token } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'
import { type Database, type Found, openDatabase, type Statement } from '../store/database.ts'
import type { ProjectRef } from '../store/projects.ts'
import { findToken, touchToken } from '../store/tokens.ts'
import { addressOf, type Caller, identify, toActor } from './caller.ts'
import { countRequest } from './rate-limit.ts'
import { checkRole, checkScopes, type Rule } from './rules.ts'

export interface Asked {
  project: ProjectRef
  caller: Caller
  c: RequestContext
}

const HOUR = 60 * 60 * 1000
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/

/**
 * Answers in one trip who calls and what the path names, and decides who may go on: token, scope, project, role, in
 * this order (docs/rules.md#serving). `find` lists the statements whose rows the handler needs, keyed by what the
 * request itself carries; under a project, the first one answers rows with a `project`, and none where there is no such project.
 */
export function access<S extends readonly Statement[]>(
  rule: Rule | ((actor: Actor, c: RequestContext) => Rule),
  find: (asked: Asked) => readonly [...S],
) {
  return createMiddleware<AppEnv & { Variables: { found: Found<S> } }>(async function access(c, next) {
    const caller = await identify(c)
    const db = openDatabase(c.env.DB, sessionStart(c))
    const id = c.req.param('id')
    const { token, found } = await ask(db, caller, find({ project: toProjectRef(id), caller, c }))

    c.set('db', db)
    c.set('token', token)

    const actor = await authenticate(c, caller, token)
    c.set('actor', actor)
    const asked = typeof rule === 'function' ? rule(actor, c) : rule
    checkScopes(asked, actor)
    if (id !== undefined) c.set('projectId', checkProject(actor, found[0]))
    checkRole(asked, actor)
    c.set('found', found as Found<S>)
    if (token) recordTokenUse(c, token)
    await next()
    c.res.headers.set('X-D1-Bookmark', db.bookmark() ?? '')
  })
}

/** Sends the statements, and one for the caller's token unless the first of them brings it along. */
async function ask(db: Database, caller: Caller, statements: readonly Statement[]) {
  if (statements[0]?.bringsCaller) {
    const found = await db.batch(statements)
    const [rows] = found as [{ caller: Token }[]]
    return { token: rows[0]?.caller, found }
  }
  if (caller.kind !== 'token') return { token: undefined, found: await db.batch(statements) }
  const [tokens, ...found] = (await db.batch([findToken(caller.digest), ...statements])) as [Token[], ...unknown[]]
  return { token: tokens[0], found }
}

/** Counts the request against its token, or against its address where no live token came with it. */
async function authenticate(c: RequestContext, caller: Caller, token: Token | undefined): Promise<Actor> {
  try {
    const actor = toActor(c, caller, token)
    await countRequest(c, `${actor.kind}/${actor.tokenId ?? actor.name}`)
    return actor
  } catch (error) {
    if (error instanceof HTTPException && error.status === 401) await countRequest(c, `address/${addressOf(c)}`)
    throw error
  }
}

/** @throws the 404 that tells no one whether there is a project that is not theirs */
function checkProject(actor: Actor, rows: unknown): number {
  const [row] = rows as { project: { id: number | null; fullPath: string } }[]
  const { id = null, fullPath = '' } = row?.project ?? {}
  if (id === null || !isOwn(actor, { id, fullPath })) throw errors.notFound('Project')
  return id
}

function isOwn({ project }: Actor, { id, fullPath }: { id: number; fullPath: string }): boolean {
  if (typeof project === 'string') return project.toLowerCase() === fullPath.toLowerCase()
  return project === null || project === id
}

/** A number is an id; 0 is nobody's, and stands for one that is out of range. */
function toProjectRef(id = ''): ProjectRef {
  if (!/^\d+$/.test(id)) return id
  return Number.isSafeInteger(Number(id)) ? Number(id) : 0
}

/** What may write must not read a stale replica: "nothing changed" would lose the write. */
function sessionStart(c: RequestContext): string {
  const bookmark = c.req.header('X-D1-Bookmark') ?? ''
  if (c.req.method !== 'GET') return 'first-primary'
  if (BOOKMARK.test(bookmark)) return bookmark
  return c.env.READ_REPLICAS === 'nearest' ? 'first-unconstrained' : 'first-primary'
}

function recordTokenUse(c: RequestContext, token: Token): void {
  const now = Date.now()
  if (token.lastUsedAt !== null && token.lastUsedAt > now - HOUR) return
  const touched = openDatabase(c.env.DB, 'first-primary').batch([touchToken(token.id, now, now - HOUR)])
  c.executionCtx.waitUntil(touched.catch(logError))
}
