import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { type Asked, access } from '../middleware/access.ts'
import { addressOf, digestOf } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { type Rule, rules } from '../middleware/rules.ts'
import { rejectQuery, validate } from '../middleware/validation.ts'
import type { Token } from '../schema/tables.ts'
import { tokenCreation, tokenQuery, tokenRotation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import { findProject } from '../store/projects.ts'
import { findTokenOf, listTokens } from '../store/tokens.ts'
import { type CreateOutcome, createToken } from '../tokens/create.ts'
import type { MintedToken } from '../tokens/mint.ts'
import { isActive, presentToken } from '../tokens/present.ts'
import { revokeFamily, revokeToken } from '../tokens/revoke.ts'
import { type RotateOutcome, rotateToken } from '../tokens/rotate.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

const SELF = 'self'

/** Applies `rule` to tokens that act on others; what a token does to itself needs no rights. */
function unlessSelf(rule: Rule) {
  return (actor: Actor, c: RequestContext) => {
    const id = c.req.param('token_id')
    return id === SELF || Number(id) === actor.tokenId ? rules.anyToken : rule
  }
}

function createRule({ kind }: Actor): Rule {
  return kind === 'signed' ? rules.createToken : rules.instance
}

const findOne = ({ project, caller, c }: Asked) => {
  const id = c.req.param('token_id') ?? ''
  return [findTokenOf(project, id === SELF ? digestOf(caller) : Number(id))] as const
}

/** Detects that a token which was rotated before rotates itself again. Runs after the response is decided. */
const reuse = createMiddleware<AppEnv>(async function reuse(c, next) {
  await next()
  const token = c.get('token')
  if (c.res.status !== 401 || !token || token.revokedAt === null) return
  const { id: tokenId, name } = token
  const actor = { tokenId, name, address: addressOf(c), requestId: c.get('requestId') }
  await revokeFamily({ db: c.get('db'), actor }, token)
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
    access(createRule, ({ project }) => [findProject(project)] as const),
    async (c) => {
      const { db, actor, projectId } = c.var
      const fields = validate(c, tokenCreation)
      const minted = unwrapCreated(await createToken({ db, actor, projectId, fields }))
      return c.json(presentMinted(minted), 201)
    },
  )
  .get('/:token_id{self|\\d+}', access(unlessSelf(rules.readTokens), findOne), (c) =>
    c.json(presentToken(found(c.var.found))),
  )
  .delete('/:token_id{self|\\d+}', parameters, access(unlessSelf(rules.instance), findOne), async (c) => {
    const { db, actor } = c.var
    await revokeToken({ db, actor }, found(c.var.found))
    return c.body(null, 204)
  })
  .post('/:token_id{self|\\d+}/rotate', parameters, reuse, access(unlessSelf(rules.instance), findOne), async (c) => {
    const { db, actor } = c.var
    const fields = validate(c, tokenRotation)
    const old = found(c.var.found)
    const minted = unwrapRotated(await rotateToken({ db, actor, fields }, old))
    return c.json(presentMinted(minted))
  })

function presentMinted({ token, value }: MintedToken) {
  return { ...presentToken(token), token: value }
}

/** @throws the error of a token that was not created */
function unwrapCreated(outcome: CreateOutcome): MintedToken {
  switch (outcome.kind) {
    case 'created':
      return outcome
    case 'excessive':
      throw errors.rules(outcome.fields)
    case 'no project':
      throw errors.notFound('Project')
  }
}

/** @throws the error of a token that was not rotated */
function unwrapRotated(outcome: RotateOutcome): MintedToken {
  switch (outcome.kind) {
    case 'rotated':
      return outcome
    case 'excessive':
      throw errors.rules(outcome.fields)
    case 'revoked':
      throw errors.badRequest('400 Bad Request - Token already revoked')
  }
}

function found([rows]: readonly [readonly { token: Token | null }[]]): Token {
  const token = rows[0]?.token
  if (!token) throw errors.notFound('Token')
  return token
}
