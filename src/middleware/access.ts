import { createMiddleware } from 'hono/factory'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors, logError } from '../errors.ts'
import { INSTANCE, type Rule } from '../schema/rules.ts'
import type { Token } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'
import { type Database, openDatabase, type Statement } from '../store/database.ts'
import { type CallerKey, type CallerRead, findCaller, InProject, type ProjectRef } from '../store/project-read.ts'
import { findProject } from '../store/projects.ts'
import { touchToken } from '../store/tokens.ts'
import { type Caller, identify, keyOf, toActor } from './caller.ts'
import { addressKey, countRejections, countRequest, type LimiterName } from './rate-limit.ts'
import { checkRole, checkScopes } from './rules.ts'

/** Input of a route's reads. */
export interface Lookup {
  /** The project that the path names. */
  project: ProjectRef
  caller: Caller
  c: RequestContext
}

/** Reads by name. Under a project, `access` sends them in the form that finds the caller and the project too. */
type Reads = Readonly<Record<string, Statement | CallerRead>>
type ResultOf<R> = R extends CallerRead<infer Result> ? Result : R extends Statement<infer Result> ? Result : never
type ValueOf<Result> = Result extends InProject<infer Value> ? Value : Result
type RowsOf<R extends Reads> = { readonly [Name in keyof R]: ValueOf<ResultOf<R[Name]>> }

export interface AccessOptions {
  /** A header that carries the token too, after the usual ones. */
  tokenHeader?: string
  /** Counts requests by this limit instead of the usual one, those of the instance against the project that is named. */
  limiter?: LimiterName
}

/** A rule, or how a route chooses one once it is known who calls. */
type RuleOrChoice = Rule | ((actor: Actor, c: RequestContext) => Rule)

const HOUR = 60 * 60 * 1000
const BOOKMARK = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/

/**
 * Finds in one trip who calls, which project the path names, and the rows that the handler needs, then checks token,
 * scope, project and role in this order (docs/rules.md#serving). The handler gets each of the `reads` under its name in
 * `c.var.rows`.
 */
export function access<R extends Reads>(
  rule: RuleOrChoice,
  reads: (lookup: Lookup) => R,
  { tokenHeader, limiter }: AccessOptions = {},
) {
  return createMiddleware<AppEnv & { Variables: { rows: RowsOf<R> } }>(async (c, next) => {
    const caller = await countRejections(c, () => identify(c, tokenHeader))
    const known = limiter ? undefined : knownKey(caller)
    if (known) await countRequest(c, known)
    const db = openDatabase(c.env.DB, sessionStart(c))
    const id = c.req.param('id')
    const project = id === undefined ? undefined : toProjectRef(id)
    const isRefused = isForInstance(rule) && caller.kind !== 'instance'
    const wanted = isRefused ? {} : reads({ project: project ?? 0, caller, c })
    const { found, rows } = await lookUp(db, caller, project, wanted)

    c.set('db', db)
    c.set('token', found?.token)

    const actor = await countRejections(c, () => toActor(c, caller, found))
    if (!known) await countRequest(c, foundKey(c, actor, found), limiter)
    c.set('actor', actor)
    const required = typeof rule === 'function' ? rule(actor, c) : rule
    checkScopes(required, actor)
    if (project !== undefined) c.set('projectId', checkProject(found))
    checkRole(required, actor)
    c.set('rows', rows as RowsOf<R>)
    if (found?.token) recordTokenUse(c, found.token)
    await next()
    c.res.headers.set('X-D1-Bookmark', db.bookmark() ?? '')
  })
}

/** Such a rule refuses all others, so nothing need be read for them. */
function isForInstance(rule: RuleOrChoice): boolean {
  return typeof rule !== 'function' && rule.role >= INSTANCE
}

/** Sends the reads, and one that finds the caller and the project if no other does. */
async function lookUp(db: Database, caller: Caller, project: ProjectRef | undefined, reads: Reads) {
  const key = keyOf(caller)
  const finder = finderOf(reads, key, project)
  const statements = Object.values(reads).map((read) => ('as' in read ? read.as(key) : read))
  const results = await db.batch(finder ? [...statements, finder] : statements)
  const values = Object.keys(reads).map((name, index) => [name, unwrap(results[index])])
  return { found: results.find((result) => result instanceof InProject), rows: Object.fromEntries(values) }
}

function finderOf(reads: Reads, key: CallerKey, project: ProjectRef | undefined): Statement | undefined {
  if (Object.values(reads).some((read) => 'findsProject' in read)) return undefined
  return project === undefined ? findCaller(key) : findProject(project).as(key)
}

function unwrap(result: unknown): unknown {
  return result instanceof InProject ? result.value : result
}

/** The key that a caller counts against if the request alone says it: then nothing is asked of the database beyond the limit. */
function knownKey(caller: Caller): string | undefined {
  if (caller.kind === 'instance') return 'instance'
  const own = caller.kind === 'signed' ? caller.rights.project : undefined
  return typeof own === 'number' ? projectKey(own) : undefined
}

/** A signed token for a path that no project has is valid, but there is no project to count it against. */
function foundKey(c: RequestContext, { project }: Actor, found: InProject<unknown> | undefined): string {
  const id = project ?? found?.projectId
  return id ? projectKey(id) : addressKey(c)
}

/** Tokens and signed users of a project count together, so that neither rotating nor creating tokens evades the limit. */
function projectKey(projectId: number): string {
  return `project/${projectId}`
}

/** @throws the 404 that does not reveal whether there is a project that is not the caller's */
function checkProject(found: InProject<unknown> | undefined): number {
  if (found?.projectId === undefined) throw errors.notFound('Project')
  return found.projectId
}

/** A number is an id; 0 is nobody's, and stands for one that is out of range. */
export function toProjectRef(id: string): ProjectRef {
  if (!/^\d+$/.test(id)) return id
  return Number.isSafeInteger(Number(id)) ? Number(id) : 0
}

/** Requests that may write must not read a stale replica: "nothing changed" would lose the write. */
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
