import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { digest, newToken } from '../crypto/token.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { type Asked, access } from '../middleware/access.ts'
import { addressOf, digestOf } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { type Rule, rules } from '../middleware/rules.ts'
import { rejectQuery, validate } from '../middleware/validation.ts'
import type { Scope, Token } from '../schema/tables.ts'
import { DAY, DEFAULT_DAYS, tokenCreation, tokenQuery, tokenRotation } from '../schema/token.ts'
import { type Actor, entryOf } from '../settings/actor.ts'
import { timestamp } from '../settings/present.ts'
import { commit } from '../store/audit.ts'
import { findProject } from '../store/projects.ts'
import {
  familyOf,
  findToken,
  findTokenOf,
  insertToken,
  listTokens,
  type NewToken,
  revokeFamily,
  revokeToken,
} from '../store/tokens.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

const SELF = 'self'

/** What a token may do to itself it may always do; to others, only what the rule allows. */
function onOthers(rule: Rule) {
  return (actor: Actor, c: RequestContext) => {
    const id = c.req.param('token_id')
    return id === SELF || Number(id) === actor.tokenId ? rules.anyToken : rule
  }
}

function byPeople({ kind }: Actor): Rule {
  return kind === 'signed' ? rules.createToken : rules.instance
}

const named = ({ project, caller, c }: Asked) => {
  const id = c.req.param('token_id') ?? ''
  return [findTokenOf(project, id === SELF ? digestOf(caller) : Number(id))] as const
}

/**
 * A token that rotates itself although it was rotated before is in two hands, one of which should not have it: the
 * token that came of the first rotation dies too, as in GitLab.
 */
const reuse = createMiddleware<AppEnv>(async function reuse(c, next) {
  await next()
  const token = c.get('token')
  if (c.res.status !== 401 || !token || token.revokedAt === null) return
  const { id, projectId, name } = token
  const now = Date.now()
  const change = { projectId, action: 'token.reused', subject: String(id), changes: [] }
  const actor = { tokenId: id, name, address: addressOf(c), requestId: c.get('requestId') }
  const entry = entryOf(actor, { ...change, writeId: crypto.randomUUID(), createdAt: now })
  await commit(c.get('db'), revokeFamily(token, now), entry)
})

/** GitLab's project access tokens: `/projects/:id/access_tokens`. */
export const tokensHandler = new Hono<AppEnv>()
  .get(
    '/',
    access(rules.readTokens, ({ project }) => [listTokens(project)] as const),
    zValidator('query', tokenQuery, rejectQuery),
    (c) => {
      const { state } = c.req.valid('query')
      const tokens = c.var.found[0].flatMap(({ token }) => token ?? []).sort((one, other) => one.id - other.id)
      const shown = tokens.filter((token) => state === undefined || isActive(token) === (state === 'active'))
      const page = pageOf(c)
      setPageHeaders(c, page, page.offset + page.size < shown.length, shown.length)
      return c.json(shown.slice(page.offset, page.offset + page.size).map(presentToken))
    },
  )
  .post(
    '/',
    parameters,
    access(byPeople, ({ project }) => [findProject(project)] as const),
    async (c) => {
      const body = validate(tokenCreation, c.var.parameters)
      const { actor, projectId } = c.var
      const rights = rightsOf(body)
      if (actor.kind === 'signed') checkNoMore(rights, { scopes: actor.scopes, accessLevel: actor.role })
      const { token, row } = await mint({ ...rights, projectId, name: body.name, familyId: null })
      return c.json({ ...presentToken(await create(c, row, 'token.created')), token }, 201)
    },
  )
  .get('/:token_id{self|\\d+}', access(onOthers(rules.readTokens), named), (c) =>
    c.json(presentToken(found(c.var.found))),
  )
  .delete('/:token_id{self|\\d+}', parameters, access(onOthers(rules.instance), named), async (c) => {
    const { db, actor, projectId } = c.var
    const token = found(c.var.found)
    const now = Date.now()
    const change = { projectId, action: 'token.revoked', subject: String(token.id), changes: [] }
    const entry = entryOf(actor, { ...change, writeId: crypto.randomUUID(), createdAt: now })
    if (token.revokedAt === null) await commit(db, revokeToken(projectId, token.id, now), entry)
    return c.body(null, 204)
  })
  .post('/:token_id{self|\\d+}/rotate', parameters, reuse, access(onOthers(rules.instance), named), async (c) => {
    const body = validate(tokenRotation, c.var.parameters)
    const old = found(c.var.found)
    if (old.revokedAt !== null) throw errors.badRequest('400 Bad Request - Token already revoked')
    const rights = rightsOf({
      ...body,
      scopes: body.scopes ?? old.scopes,
      access_level: body.access_level ?? old.accessLevel,
    })
    if (c.var.actor.kind !== 'instance') checkNoMore(rights, old)
    const { token, row } = await mint({ ...rights, projectId: old.projectId, name: old.name, familyId: familyOf(old) })
    return c.json({ ...presentToken(await create(c, row, 'token.rotated', old)), token })
  })

/** GitLab's shape of a token; its value is shown once, by whoever made it. */
export function presentToken(token: Token) {
  return {
    id: token.id,
    name: token.name,
    description: null,
    revoked: token.revokedAt !== null,
    active: isActive(token),
    created_at: timestamp(token.createdAt),
    last_used_at: token.lastUsedAt === null ? null : timestamp(token.lastUsedAt),
    expires_at: timestamp(token.expiresAt).slice(0, 10),
    scopes: token.scopes,
    user_id: userIdOf(token.id),
    access_level: token.accessLevel,
  }
}

/** The user that GitLab would make for a token; 1 is the instance token's. */
export function userIdOf(tokenId: number): number {
  return tokenId + 1
}

function isActive({ revokedAt, expiresAt }: Token): boolean {
  return revokedAt === null && expiresAt > Date.now()
}

type Rights = Pick<NewToken, 'scopes' | 'accessLevel' | 'expiresAt'>

function rightsOf(body: {
  scopes: readonly Scope[]
  access_level?: number | null | undefined
  expires_at?: string | null | undefined
}): Rights {
  const today = Math.floor(Date.now() / DAY) * DAY
  const expiresAt = body.expires_at ? Date.parse(body.expires_at) : today + DEFAULT_DAYS * DAY
  return { scopes: [...new Set(body.scopes)], accessLevel: body.access_level ?? 40, expiresAt }
}

/** @throws the 400 of a token that would give more than it has */
function checkNoMore(rights: Rights, old: Pick<Token, 'scopes' | 'accessLevel'>): void {
  if (rights.scopes.some((scope) => !old.scopes.includes(scope)))
    throw errors.rules({ scopes: ['must be among those of the token'] })
  if (rights.accessLevel > old.accessLevel)
    throw errors.rules({ access_level: ['must not be above that of the token'] })
}

async function mint(
  row: Rights & Pick<NewToken, 'projectId' | 'name' | 'familyId'>,
): Promise<{ token: string; row: NewToken }> {
  const token = newToken()
  return { token, row: { ...row, digest: (await digest(token)).toHex(), createdAt: Date.now() } }
}

async function create(c: RequestContext, row: NewToken, action: string, replaced?: Token): Promise<Token> {
  const { db, actor } = c.var
  const { projectId, name, scopes, accessLevel: access_level, expiresAt, createdAt } = row
  const shown = { name, scopes, access_level, expires_at: timestamp(expiresAt).slice(0, 10), replaces: replaced?.id }
  const changes = Object.entries(shown).flatMap(([field, to]) => (to === undefined ? [] : { field, to }))
  const writeId = crypto.randomUUID()
  const entry = entryOf(actor, { projectId, action, subject: null, changes, writeId, createdAt })
  const revocation = replaced ? [revokeToken(projectId, replaced.id, createdAt)] : []
  const { committed, found } = await commit(
    db,
    insertToken(row, replaced?.id),
    entry,
    findToken(row.digest),
    ...revocation,
  )
  const [token] = found[0]
  if (!committed || !token)
    throw replaced ? errors.badRequest('400 Bad Request - Token already revoked') : errors.notFound('Project')
  return token
}

function found([rows]: readonly [readonly { token: Token | null }[]]): Token {
  const token = rows[0]?.token
  if (!token) throw errors.notFound('Token')
  return token
}
