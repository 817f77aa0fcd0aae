import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { digestOf } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { queryOnce } from '../middleware/query.ts'
import { addressOf } from '../middleware/rate-limit.ts'
import { validate } from '../middleware/validation.ts'
import { noParameters } from '../schema/no-parameters.ts'
import { type Rule, rules } from '../schema/rules.ts'
import type { Token } from '../schema/tables.ts'
import { tokenCreation, tokenQuery, tokenRotation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import { findTokenOf, listTokens } from '../store/tokens.ts'
import { createToken } from '../tokens/create.ts'
import { MAX_LIVE_TOKENS, type MintedToken, type TokenOutcome } from '../tokens/mint.ts'
import { isActive, presentToken } from '../tokens/present.ts'
import { reportReuse, revokeToken } from '../tokens/revoke.ts'
import { rotateToken } from '../tokens/rotate.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

const SELF = 'self'

/** Applies `rule` to tokens that act on others; what a token does to itself needs no rights. */
function unlessSelf(rule: Rule | ((actor: Actor) => Rule)) {
  return (actor: Actor, c: RequestContext) => {
    const id = c.req.param('token_id')
    if (id === SELF || Number(id) === actor.tokenId) return rules.anyToken
    return typeof rule === 'function' ? rule(actor) : rule
  }
}

/** Signed users manage the tokens that they create. */
function manageRule({ kind }: Actor): Rule {
  return kind === 'signed' ? rules.createToken : rules.instance
}

const findOne = ({ project, caller, c }: Lookup) => {
  const id = c.req.param('token_id') ?? ''
  return { token: findTokenOf(project, id === SELF ? digestOf(caller) : Number(id)) }
}

/** Runs after `access` has rejected a rotation: a revoked token that rotates may be a stolen one. */
const reuse = createMiddleware<AppEnv>(async (c, next) => {
  const arrivedAt = Date.now()
  await next()
  const token = c.get('token')
  if (c.res.status !== 401 || !token) return
  const { id: tokenId, name } = token
  const actor = { kind: 'token', tokenId, name, address: addressOf(c), requestId: c.get('requestId') } as const
  await reportReuse({ db: c.get('db'), actor, arrivedAt }, token)
})

const query = queryOnce(tokenQuery)

/** GitLab's project access tokens: `/projects/:id/access_tokens`. */
export const tokensHandler = new Hono<AppEnv>()
  .get(
    '/',
    access(rules.readTokens, ({ project }) => ({ tokens: listTokens(project) })),
    zValidator('query', tokenQuery, (_, c) => void query.read(c)),
    (c) => {
      const { state } = c.req.valid('query')
      const tokens = c.var.rows.tokens.toSorted((one, other) => one.id - other.id)
      const shown = tokens.filter((token) => state === undefined || isActive(token) === (state === 'active'))
      const page = pageOf(c)
      setPageHeaders(c, tokenQuery, page, page.offset + page.size < shown.length, shown.length)
      return c.json(shown.slice(page.offset, page.offset + page.size).map(presentToken))
    },
  )
  .post(
    '/',
    parameters,
    access(manageRule, () => ({})),
    async (c) => {
      const { db, actor, projectId } = c.var
      const fields = validate(c, tokenCreation)
      const minted = unwrapMinted(await createToken({ db, actor, projectId, fields }), false)
      c.set('isSecret', true)
      return c.json(presentMinted(minted), 201)
    },
  )
  .get('/:token_id{(?:self|\\d+)}', access(unlessSelf(rules.readTokens), findOne), (c) =>
    c.json(presentToken(unwrapToken(c.var.rows))),
  )
  .delete('/:token_id{(?:self|\\d+)}', parameters, access(unlessSelf(manageRule), findOne), async (c) => {
    validate(c, noParameters)
    const { db, actor } = c.var
    if ((await revokeToken({ db, actor }, unwrapToken(c.var.rows))) === 'forbidden') throw errors.forbidden()
    return c.body(null, 204)
  })
  .post(
    '/:token_id{(?:self|\\d+)}/rotate',
    reuse,
    parameters,
    access(unlessSelf(rules.instance), findOne),
    async (c) => {
      const { db, actor } = c.var
      const fields = validate(c, tokenRotation)
      const old = unwrapToken(c.var.rows)
      const isOwn = actor.tokenId === old.id
      const minted = unwrapMinted(await rotateToken({ db, actor, fields }, old), isOwn)
      c.set('isSecret', true)
      return c.json(presentMinted(minted))
    },
  )

function presentMinted({ token, value }: MintedToken) {
  return { ...presentToken(token), token: value }
}

/** @throws the error of a token that was not made; `isOwn` if it should have replaced the caller's */
function unwrapMinted(outcome: TokenOutcome, isOwn: boolean): MintedToken {
  switch (outcome.kind) {
    case 'minted':
      return outcome
    case 'excessive':
      throw errors.rules(outcome.fields)
    case 'no project':
      throw errors.notFound('Project')
    case 'revoked':
      throw isOwn ? errors.revoked() : errors.badRequest('400 Bad Request - Token already revoked')
    case 'too many':
      throw errors.badRequest(`400 Bad Request - The project has ${MAX_LIVE_TOKENS} live tokens: revoke one first`)
  }
}

function unwrapToken({ token }: { token: Token | null }): Token {
  if (!token) throw errors.notFound('Token')
  return token
}
