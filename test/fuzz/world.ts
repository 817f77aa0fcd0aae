import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { services } from '../../src/services/registry.ts'
import { ADMIN, ask, newProject, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { fullSet, kindOf } from '../support/samples.ts'
import { type Exchange, OTHER } from './oracle.ts'
import type { Caller, Draft } from './requests.ts'
import { SECRET } from './values.ts'

/** Tokens of the caller's own project, by who sends them. */
const RIGHTS: Partial<Record<Caller, Record<string, unknown>>> = {
  maintainer: { scopes: ['api'] },
  secrets: { scopes: ['api', 'read_secrets'] },
  reader: { scopes: ['read_api'] },
  guest: { scopes: ['api'], access_level: 10 },
  revoked: { scopes: ['api', 'read_secrets'], access_level: 50 },
}

const ISSUER = { JWT_ISSUER: 'https://forge.example.com', JWT_AUDIENCE: 'patchbay' }

/** Two projects: one whose tokens the requests carry, and another one that they must hear nothing of. */
export interface World {
  own: { id: number; path: string }
  other: { id: number; path: string; tokenId: number }
  tokens: Map<Caller, { id: number; token: string }>
  /** A token of the caller's project that is signed, and kept nowhere. */
  signed: string
  env: Bindings
  /** Requests sent so far. */
  sent: number
}

/** An id and a path that nothing else leads to by chance. */
const ELSEWHERE = { id: 987_654_321, namespace_path: 'elsewhere', path: `${OTHER}-path` }

export async function newWorld(): Promise<World> {
  const own = await newProject()
  const other = await newProject({ ...ELSEWHERE, name: `${OTHER} name`, description: OTHER })
  const { id: tokenId } = await newToken(other.id, { name: OTHER, scopes: ['api', 'read_secrets'] })
  for (const service of services) {
    const json = Object.fromEntries(service.params.map((param) => [param.name, otherValue(service, param)]))
    const { status, body } = await ask(`projects/${other.id}/services/${service.slug}`, { json })
    if (status !== 200) throw new Error(`${service.slug} is not saved: ${JSON.stringify(body)}`)
  }
  const world = { own, other: { ...other, tokenId }, tokens: new Map(), sent: 0, ...(await sign(own.id)) }
  await renewTokens(world)
  const revoked = world.tokens.get('revoked')
  await ask(`projects/${own.id}/access_tokens/${revoked?.id}`, { method: 'DELETE' })
  return world
}

/** A signed token, and an environment that knows who signed it. There is no limit to the requests of a minute. */
async function sign(project: number): Promise<{ signed: string; env: Bindings }> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] })
  const rights = { project_id: project, access_level: 40, scopes: ['api', 'read_api'] }
  const signed = await new SignJWT(rights)
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject('ada')
    .setIssuer(ISSUER.JWT_ISSUER)
    .setAudience(ISSUER.JWT_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey)
  const bindings = { ...env, ...ISSUER, JWT_JWKS: jwks, RATE_LIMIT: undefined }
  return { signed, env: bindings as unknown as Bindings }
}

type Parameter = (typeof services)[number]['params'][number]

function otherValue(service: (typeof services)[number], param: Parameter) {
  const value = fullSet(service)[param.name]
  const mark = param.secret ? `${OTHER}${SECRET}` : OTHER
  if (kindOf(param) === 'line' || kindOf(param) === 'lines') return `${value}${mark}`
  return kindOf(param) === 'link' && param.name !== 'confluence_url' ? `${value}/${mark}` : value
}

/** Makes the tokens anew that requests have revoked, or that are not there yet. */
async function renewTokens(world: World): Promise<void> {
  const live = await rows<{ id: number }>(
    'select id from tokens where project_id = ? and revoked_at is null',
    world.own.id,
  )
  const isLive = (caller: Caller) => live.some(({ id }) => id === world.tokens.get(caller)?.id)
  for (const [caller, rights] of Object.entries(RIGHTS) as [Caller, Record<string, unknown>][]) {
    if (world.tokens.has('revoked') && (caller === 'revoked' || isLive(caller))) continue
    world.tokens.set(caller, await newToken(world.own.id, rights))
  }
}

/** Everything that is saved of the other project, but for when its tokens were used. */
export function contentOfOther({ other }: World): Promise<unknown[]> {
  const tables = ['settings', 'tokens', 'audit'].map((table) => `select * from ${table} where project_id = ?`)
  return Promise.all(['select * from projects where id = ?', ...tables].map((sql) => rows(sql, other.id)))
}

/** Sends a request and waits for all that it sets going; undefined where it is none that could be sent. */
export async function exchange(world: World, draft: Draft): Promise<Exchange | undefined> {
  const request = toRequest(world, draft)
  if (!request) return undefined
  world.sent += 1
  const context = createExecutionContext()
  const start = performance.now()
  const response = await worker.fetch(request, world.env, context)
  const text = await response.text()
  await waitOnExecutionContext(context)
  const { status, headers } = response
  const milliseconds = performance.now() - start
  const url = new URL(request.url)
  await follow(world, url, draft.method, status, text)
  return { caller: draft.caller, method: draft.method, url, status, headers, text, milliseconds }
}

function toRequest(world: World, draft: Draft): Request | undefined {
  try {
    const url = new URL(`https://patchbay.test${resolve(world, draft.path)}?${draft.query}`)
    if (draft.caller === 'instance' && isSpared(world, draft.method, url)) return undefined
    const headers = new Headers(draft.headers.map(([name, value]) => [name, value] as [string, string]))
    if (draft.caller === 'signed') headers.set('Authorization', `Bearer ${world.signed}`)
    const token = tokenOf(world, draft.caller)
    if (token !== undefined) headers.set('PRIVATE-TOKEN', token)
    if (draft.body?.type !== undefined) headers.set('Content-Type', draft.body.type)
    return new Request(url, { method: draft.method, headers, body: draft.body?.bytes ?? null })
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}

function tokenOf({ tokens }: World, caller: Caller): string | undefined {
  if (caller === 'none' || caller === 'signed') return undefined
  if (caller === 'unknown') return `pbt_${'x'.repeat(40)}`
  return caller === 'instance' ? ADMIN : tokens.get(caller)?.token
}

function resolve({ own, other, tokens }: World, path: string): string {
  const known: Record<string, string | number | undefined> = {
    own: own.id,
    'own path': encodeURIComponent(own.path),
    'OWN PATH': encodeURIComponent(own.path.toUpperCase()),
    other: other.id,
    'other path': encodeURIComponent(other.path),
    token: tokens.get('maintainer')?.id,
    guest: tokens.get('guest')?.id,
    'other token': other.tokenId,
  }
  return path.replaceAll(/\{([a-zA-Z ]+)\}/g, (all, name) => String(known[name] ?? all))
}

/** The instance may do what would end the test: delete the caller's project, and change the other one. */
function isSpared({ own, other }: World, method: string, url: URL): boolean {
  const [, id = '', rest = ''] = /\/projects\/+([^/]+)\/*(.*)/.exec(url.pathname) ?? []
  const named = decoded(id).toLowerCase()
  const is = (project: World['own']) => named === project.path.toLowerCase() || Number(named) === project.id
  return (method === 'DELETE' && rest === '' && is(own)) || (!['GET', 'HEAD'].includes(method) && is(other))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Keeps up with what a request has changed: the path of the project, and its tokens. */
async function follow(world: World, url: URL, method: string, status: number, text: string): Promise<void> {
  if (status >= 300 || ['GET', 'HEAD', 'OPTIONS'].includes(method)) return
  if (/\/access_tokens/.test(url.pathname)) await renewTokens(world)
  if (method !== 'PUT' || !/\/projects\/+[^/]+\/*$/.test(url.pathname)) return
  const { id, path_with_namespace } = JSON.parse(text)
  if (id === world.own.id) world.own.path = path_with_namespace
}
