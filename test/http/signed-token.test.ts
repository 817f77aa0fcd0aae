import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { ask, type Call, call, newProject } from '../support/api.ts'
import { auditOf, tap } from '../support/database.ts'

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
      const { DB, trips } = tap()
      expect((await call(`projects/${ref}/services/slack`, as(token, { env: { DB } }))).status).toBe(200)
      expect(trips).toHaveLength(1)
      expect((await call(`projects/${encodeURIComponent(other.path)}/services/slack`, as(token))).status).toBe(404)
      expect((await call(`projects/${other.id}/services/slack`, as(token))).status).toBe(404)
    }
    expect((await ask('projects', as(token))).body.map((project: { id: number }) => project.id)).toEqual([mine.id])
  })

  test('is in the audit trail by its subject', async () => {
    const token = await sign(grant())
    await ask(`projects/${mine.id}/services/slack`, as(token, { json: { username: 'by ada' } }))
    expect((await auditOf(mine.id)).at(-1)).toMatchObject({ actor_id: null, actor_name: 'ada' })
  })

  test('may be signed with a key whose algorithm the set leaves open', async () => {
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

  test('makes tokens of the project with no more than it has, and nothing of the instance', async () => {
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

/** What an attacker, or a careless tool, may send. Each is 401 and makes no trip. */
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
    const { DB, trips } = tap()
    const answer = await ask(`projects/${mine.id}/services/slack`, as(await forge(), { env: { DB } }))
    expect(answer.status).toBe(401)
    expect(trips).toHaveLength(0)
  })

  test('a signed token where no key set, issuer or audience is configured', async () => {
    const token = await sign(grant())
    for (const name of ['JWT_JWKS', 'JWT_ISSUER', 'JWT_AUDIENCE']) {
      expect((await call('user', as(token, { env: { [name]: undefined } }))).status).toBe(401)
    }
  })
})
