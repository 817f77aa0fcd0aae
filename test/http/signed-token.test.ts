import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { SCOPES } from '../../src/schema/tables.ts'
import { ask, type Call, call, newProject } from '../support/api.ts'
import { auditOf, spyOnDatabase } from '../support/database.ts'

const ISSUER = 'https://forge.example.com'
const AUDIENCE = 'patchbay'
const WEBHOOK = { webhook: 'https://hooks.example.com/signed' }

const keys = await generateKeyPair('ES256', { extractable: true })
const strangers = await generateKeyPair('ES256', { extractable: true })
const rsa = await generateKeyPair('RS256', { extractable: true })
const long = await generateKeyPair('RS512', { extractable: true })
const jwks = {
  keys: [
    { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' },
    { ...(await exportJWK(rsa.publicKey)), kid: 'two' },
    { ...(await exportJWK(long.publicKey)), kid: 'three' },
  ],
}
const bindings = { JWT_JWKS: JSON.stringify(jwks), JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }

let mine = { id: 0, path: '' }
let other = { id: 0, path: '' }

beforeAll(async () => {
  mine = await newProject()
  other = await newProject()
  await ask(`projects/${mine.id}/services/slack`, { json: WEBHOOK })
  await ask(`projects/${other.id}/services/slack`, { json: WEBHOOK })
})

const now = () => Math.floor(Date.now() / 1000)

function grant(changes: Record<string, unknown> = {}): JWTPayload {
  const rights = { project_id: mine.id, access_level: 40, scopes: ['api'] }
  return { iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat: now(), exp: now() + 600, ...rights, ...changes }
}

function sign(payload: JWTPayload, key: CryptoKey = keys.privateKey, alg = 'ES256', kid = 'one'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key)
}

function as(token: string, options: Call = {}): Call {
  return {
    ...options,
    token: null,
    headers: { ...options.headers, Authorization: `Bearer ${token}` },
    env: { ...bindings, ...options.env },
  }
}

describe('a token that the tool has signed', () => {
  test.each([
    ['by id', () => ({ project_id: mine.id })],
    ['by path', () => ({ project_id: undefined, project_path: mine.path })],
    ['by path, in other letters', () => ({ project_id: undefined, project_path: mine.path.toUpperCase() })],
  ])('opens its project %s, in one trip', async (_, claim) => {
    const token = await sign(grant(claim()))
    for (const ref of [mine.id, encodeURIComponent(mine.path)]) {
      const { DB, trips } = spyOnDatabase()
      expect((await call(`projects/${ref}/services/slack`, as(token, { env: { DB } }))).status).toBe(200)
      expect(trips).toHaveLength(1)
      expect((await call(`projects/${encodeURIComponent(other.path)}/services/slack`, as(token))).status).toBe(404)
      expect((await call(`projects/${other.id}/services/slack`, as(token))).status).toBe(404)
    }
    expect((await ask('projects', as(token))).body.map((project: { id: number }) => project.id)).toEqual([mine.id])
  })

  test('a token that the tool has signed is in the audit trail by its subject', async () => {
    const token = await sign(grant())
    await ask(`projects/${mine.id}/services/slack`, as(token, { json: { username: 'by ada' } }))
    expect((await auditOf(mine.id)).at(-1)).toMatchObject({ actor_kind: 'signed', actor_id: 0, actor_name: 'ada' })
  })

  test('a token that the tool has signed may be signed with a key whose algorithm the set leaves open', async () => {
    const token = await sign(grant(), rsa.privateKey, 'RS256', 'two')
    expect((await call('user', as(token))).status).toBe(200)
  })

  test.each([
    ['reads with read_api', { scopes: ['read_api'] }, 'GET', 200],
    ['does not write with read_api', { scopes: ['read_api'] }, 'PUT', 403],
    ['does nothing with settings below maintainer', { access_level: 30 }, 'GET', 403],
    ['does not read secrets without the scope', { scopes: ['api'] }, 'GET ?with_secrets=true', 403],
    ['reads secrets with the scope', { scopes: ['read_api', 'read_secrets'] }, 'GET ?with_secrets=true', 200],
  ])('%s', async (_, claim, request, status) => {
    const [method = 'GET', query = ''] = request.split(' ')
    const options = as(await sign(grant(claim)), { method, ...(method === 'PUT' ? { json: {} } : {}) })
    expect((await call(`projects/${mine.id}/services/slack${query}`, options)).status).toBe(status)
  })

  test('a token that the tool has signed makes tokens of the project with no more than it has, and nothing of the instance', async () => {
    const token = await sign(grant({ scopes: ['api'], access_level: 40 }))
    const make = (json: object) =>
      call(`projects/${mine.id}/access_tokens`, as(token, { method: 'POST', json: { name: 'made', ...json } }))
    expect((await make({ scopes: ['api'], access_level: 40 })).status).toBe(201)
    expect((await make({ scopes: ['api', 'read_secrets'] })).status).toBe(400)
    expect((await make({ scopes: ['api'], access_level: 50 })).status).toBe(400)
    const owner = await sign(grant({ access_level: 50, scopes: ['api', 'read_secrets'] }))
    for (const [method, path] of [
      ['POST', 'projects'],
      ['DELETE', `projects/${mine.id}`],
      ['GET', 'admin/keys'],
      ['GET', 'audit_events'],
    ] as const) {
      expect(
        (await call(path, as(owner, { method, ...(method === 'POST' ? { json: { path: 'x' } } : {}) }))).status,
      ).toBe(403)
    }
  })
})

/** Tokens of an attacker, or of a careless tool. Each is 401 and makes no trip. */
const ATTACKS: [name: string, forge: () => Promise<string> | string][] = [
  ['no signature at all (alg none)', () => new UnsecuredJWT(grant()).encode()],
  [
    'the public key taken for a shared secret',
    async () => {
      const secret = new TextEncoder().encode(await exportSPKI(keys.publicKey))
      return new SignJWT(grant()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret)
    },
  ],
  ['a key of the set, with an algorithm that is not pinned', () => sign(grant(), long.privateKey, 'RS512', 'three')],
  ['a key that is not in the set', () => sign(grant(), strangers.privateKey)],
  ['a key of the set under the name of another', () => sign(grant(), rsa.privateKey, 'RS256', 'one')],
  [
    'a payload changed after signing',
    async () => {
      const [head, , signature] = (await sign(grant())).split('.')
      const payload = btoa(JSON.stringify(grant({ access_level: 50 }))).replaceAll('=', '')
      return `${head}.${payload}.${signature}`
    },
  ],
  ['another issuer', () => sign(grant({ iss: 'https://evil.example.com' }))],
  ['another audience', () => sign(grant({ aud: 'someone-else' }))],
  ['no audience', () => sign(grant({ aud: undefined }))],
  ['no expiry', () => sign(grant({ exp: undefined }))],
  ['no time of issue', () => sign(grant({ iat: undefined }))],
  ['a time of issue to come', () => sign(grant({ iat: now() + 600, exp: now() + 1200 }))],
  ['not valid yet', () => sign(grant({ nbf: now() + 600 }))],
  ['expired', () => sign(grant({ iat: now() - 1200, exp: now() - 600 }))],
  ['a life of more than an hour', () => sign(grant({ exp: now() + 2 * 60 * 60 }))],
  ['no subject', () => sign(grant({ sub: undefined }))],
  ['no project', () => sign(grant({ project_id: undefined }))],
  ['two projects', () => sign(grant({ project_path: other.path }))],
  ['a project that is no number', () => sign(grant({ project_id: `${mine.id}` }))],
  ['no role', () => sign(grant({ access_level: undefined }))],
  ['a role above owner', () => sign(grant({ access_level: 100 }))],
  ['no scopes', () => sign(grant({ scopes: [] }))],
  ['an unknown scope', () => sign(grant({ scopes: ['api', 'admin'] }))],
]

describe('refuses', () => {
  test.each(ATTACKS)('%s', async (_, forge) => {
    const { DB, trips } = spyOnDatabase()
    const response = await ask(`projects/${mine.id}/services/slack`, as(await forge(), { env: { DB } }))
    expect(response.status).toBe(401)
    expect(trips).toHaveLength(0)
  })

  test('a signed token if none are configured', async () => {
    const none = { JWT_JWKS: undefined, JWT_ISSUER: undefined, JWT_AUDIENCE: undefined }
    expect((await call('user', as(await sign(grant()), { env: none }))).status).toBe(401)
  })
})

describe('the 401 of a signed token', () => {
  const CLAIMS: [claims: Record<string, unknown>, text: string][] = [
    [{ iss: 'https://evil.example.com' }, 'iss must be the issuer that Patchbay is configured with'],
    [{ aud: 'someone-else' }, 'aud must be the audience that Patchbay is configured with'],
    [{ sub: undefined }, 'sub is missing'],
    [{ sub: '' }, 'sub must be a text of 1 to 255 characters'],
    [{ exp: undefined }, 'exp is missing'],
    [{ iat: undefined }, 'iat is missing'],
    [{ iat: 'now' }, 'iat must be a number of seconds'],
    [{ iat: now() + 600, exp: now() + 1200 }, 'iat must not be in the future'],
    [{ exp: now() + 2 * 60 * 60 }, 'exp must be at most an hour after iat'],
    [{ nbf: now() + 600 }, 'nbf must be a number of seconds that are over'],
    [{ project_id: '12' }, 'project_id must be a number'],
    [{ project_id: undefined }, 'project_id or project_path must be there, not both'],
    [{ project_path: 'acme/shop' }, 'project_id or project_path must be there, not both'],
    [{ access_level: 35 }, 'access_level must be one of 10, 15, 20, 30, 40, 50'],
    [{ access_level: '40' }, 'access_level must be one of 10, 15, 20, 30, 40, 50'],
    [{ access_level: undefined }, 'access_level is missing'],
    [{ scopes: 'api' }, `scopes must be a list of ${SCOPES.join(', ')}`],
    [{ scopes: ['api', 'admin'] }, `scopes must be a list of ${SCOPES.join(', ')}`],
    [{ scopes: undefined, access_level: 5 }, 'access_level must be one of 10, 15, 20, 30, 40, 50, scopes is missing'],
  ]

  test.each(CLAIMS)(
    'the 401 of a signed token whose signature is valid says what is wrong with %j',
    async (claim, text) => {
      const { status, body, headers } = await ask('user', as(await sign(grant(claim))))
      expect({ status, body }).toEqual({ status: 401, body: { error: 'invalid_token', error_description: text } })
      expect(headers.get('WWW-Authenticate')).toContain(text)
    },
  )

  test.each([
    ['a key that is not in the set', () => sign(grant({ scopes: 'x' }), strangers.privateKey), 'ERR_JWS_SIGNATURE'],
    ['an unknown key id', () => sign(grant(), keys.privateKey, 'ES256', 'nine'), 'ERR_JWKS_NO_MATCHING_KEY'],
    ['an algorithm that is not allowed', () => sign(grant(), long.privateKey, 'RS512', 'three'), 'ERR_JOSE_ALG'],
    ['parts that are no JSON', () => 'aa.bb.cc', 'ERR_JWS_INVALID'],
  ])('the 401 of a signed token says nothing to %s, and the log has the reason', async (_, forge, reason) => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { status, body } = await ask('user', as(await forge()))
    expect({ status, body }).toEqual({ status: 401, body: { message: '401 Unauthorized' } })
    expect(log.mock.calls).toEqual([[expect.stringContaining(reason)]])
    log.mockRestore()
  })
})

describe('a configuration of signed tokens that is', () => {
  const set = (key: object) => JSON.stringify({ keys: [key] })
  const MALFORMED: [what: string, variables: Record<string, string | undefined>, named: string][] = [
    ['without a key set', { JWT_JWKS: undefined }, 'JWT_JWKS missing'],
    ['without an issuer', { JWT_ISSUER: undefined }, 'JWT_ISSUER missing'],
    ['without an audience', { JWT_AUDIENCE: ' ' }, 'JWT_AUDIENCE missing'],
    ['no JSON', { JWT_JWKS: '{"keys":' }, 'JWT_JWKS'],
    ['a list', { JWT_JWKS: '[]' }, 'JWT_JWKS'],
    ['a word', { JWT_JWKS: 'none' }, 'JWT_JWKS'],
    ['an address without TLS', { JWT_JWKS: 'http://forge.example.com/jwks' }, 'JWT_JWKS'],
    ['without keys', { JWT_JWKS: '{"keys":[]}' }, 'JWT_JWKS'],
    ['a shared secret', { JWT_JWKS: set({ kty: 'oct', k: 'c2VjcmV0' }) }, 'JWT_JWKS'],
    ['a private key', { JWT_JWKS: set({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }) }, 'JWT_JWKS'],
    ['a key without its members', { JWT_JWKS: set({ kty: 'RSA', n: 'n' }) }, 'JWT_JWKS'],
  ]

  test.each(MALFORMED)('%s: signed tokens return 503, others work, and /ready says so', async (_, variables, named) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const env = { ...bindings, ...variables }
    const signed = await ask('user', as(await sign(grant()), { env }))
    expect(signed).toMatchObject({ status: 503, body: { message: '503 Service Unavailable' } })
    expect(log.mock.calls).toEqual([[expect.stringContaining(named)]])
    expect((await ask('user', { env })).status).toBe(200)
    const ready = await ask('/ready', { env })
    expect(ready).toMatchObject({ status: 503, body: { status: 'unavailable', signed_tokens: 'failed' } })
    log.mockRestore()
  })

  test('a key that cannot be imported: signed tokens return 503', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const JWT_JWKS = set({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'one', alg: 'ES256' })
    expect((await ask('user', as(await sign(grant()), { env: { ...bindings, JWT_JWKS } }))).status).toBe(503)
    expect(String(log.mock.calls)).toContain('JWT_JWKS has no key that can be used')
    log.mockRestore()
  })

  test.each([
    ['complete', bindings],
    ['absent', { JWT_JWKS: undefined, JWT_ISSUER: undefined, JWT_AUDIENCE: undefined }],
  ])('%s: /ready is ok', async (_, env) => {
    expect(await ask('/ready', { env })).toMatchObject({ status: 200, body: { signed_tokens: 'ok' } })
  })
})
