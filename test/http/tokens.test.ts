import { beforeAll, describe, expect, test } from 'vitest'
import { ask, call, newProject, newToken } from '../support/api.ts'
import { auditOf, dump, holding, rows } from '../support/database.ts'

const DAY = 24 * 60 * 60 * 1000
const day = (ahead: number) => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10)
const tokensOf = (id: number) => `projects/${id}/access_tokens`
const NO_TOKEN = { status: 404, body: { message: '404 Token Not Found' } }

describe('creating a token', () => {
  let path = ''
  let id = 0
  beforeAll(async () => {
    id = (await newProject()).id
    path = tokensOf(id)
  })

  test('creating a token shows its value once, and keeps only a digest', async () => {
    const json = { name: 'deploy-rockets', scopes: ['api', 'read_secrets'], access_level: 30, expires_at: day(10) }
    const { status, body } = await ask(path, { method: 'POST', json })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      name: 'deploy-rockets',
      description: null,
      revoked: false,
      active: true,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      last_used_at: null,
      expires_at: day(10),
      scopes: ['api', 'read_secrets'],
      user_id: expect.any(Number),
      access_level: 30,
      token: expect.stringMatching(/^pbt_[0-9A-Za-z]{40}$/),
    })
    const { token, ...rest } = body
    expect((await ask(`${path}/${body.id}`)).body).toEqual(rest)
    expect((await ask(path)).body).toContainEqual(rest)
    expect(await holding(token.slice(4))).toEqual([])
    expect((await holding('deploy-rockets')).sort()).toEqual(['audit', 'tokens'])
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))).toHex()
    expect(await rows('select id from tokens where digest = ?', hash)).toEqual([{ id: body.id }])
    expect((await ask('version', { token })).status).toBe(200)
  })

  test('creating a token falls back to Maintainer and to a year', async () => {
    const { body } = await ask(path, { method: 'POST', json: { name: 'a', scopes: ['api'] } })
    expect([body.access_level, body.expires_at]).toEqual([40, day(365)])
    const blank = { name: 'a', scopes: ['api'], access_level: '', expires_at: null }
    expect((await ask(path, { method: 'POST', json: blank })).body).toMatchObject({
      access_level: 40,
      expires_at: day(365),
    })
  })

  test.each([['api'], ['read_api'], ['read_secrets'], ['send_events']])(
    'creating a token takes the scope %s',
    async (scope) => {
      const { status, body, headers } = await ask(path, { method: 'POST', json: { name: 'a', scopes: [scope] } })
      expect([status, body.scopes, headers.get('Cache-Control')]).toEqual([201, [scope], 'no-store'])
    },
  )

  test('creating a token works with a form', async () => {
    const body = new URLSearchParams([
      ['name', 'a'],
      ['scopes[]', 'api'],
      ['scopes[]', 'read_secrets'],
      ['access_level', '20'],
    ])
    const response = await ask(path, { method: 'POST', body })
    expect(response.body).toMatchObject({ scopes: ['api', 'read_secrets'], access_level: 20 })
  })

  test.each([[1], [400]])('creating a token takes a date %d days ahead', async (ahead) => {
    const { body } = await ask(path, { method: 'POST', json: { name: 'a', scopes: ['api'], expires_at: day(ahead) } })
    expect(body.expires_at).toBe(day(ahead))
    expect(await rows('select expires_at from tokens where id = ?', body.id)).toEqual([
      { expires_at: Date.parse(day(ahead)) },
    ])
  })

  test.each([[10], [15], [20], [30], [40], [50]])('creating a token takes the role %d', async (access_level) => {
    const { body } = await ask(path, { method: 'POST', json: { name: 'a', scopes: ['api'], access_level } })
    expect(body.access_level).toBe(access_level)
  })

  test.each([
    [{}, { error: 'name is missing, scopes is missing' }],
    [{ name: 'a' }, { error: 'scopes is missing' }],
    [{ name: 'a', scopes: 'api' }, { error: 'scopes is invalid' }],
    [{ name: 'a', scopes: [5] }, { errors: { scopes: ['does not have a valid value'] } }],
    [{ name: 'a', scopes: ['Own-Value'] }, { errors: { scopes: ['does not have a valid value'] } }],
    [{ name: 'a', scopes: ['sudo'] }, { errors: { scopes: ['does not have a valid value'] } }],
    [{ name: 'a', scopes: [] }, { errors: { scopes: ["can't be blank"] } }],
    [{ name: '', scopes: ['api'] }, { errors: { name: ["can't be blank"] } }],
    [{ name: 'a'.repeat(256), scopes: ['api'] }, { errors: { name: ['is too long (maximum is 255 characters)'] } }],
    [{ name: 'a', scopes: ['api'], access_level: 60 }, { errors: { access_level: ['is not included in the list'] } }],
    [{ name: 'a', scopes: ['api'], access_level: 100 }, { errors: { access_level: ['is not included in the list'] } }],
    [{ name: 'a', scopes: ['api'], access_level: 'owner' }, { error: 'access_level is invalid' }],
    [{ name: 'a', scopes: ['api'], expires_at: 'soon' }, { errors: { expires_at: ['must be a date'] } }],
    [{ name: 'a', scopes: ['api'], expires_at: '2099-02-30' }, { errors: { expires_at: ['must be a date'] } }],
    [{ name: 'a', scopes: ['api'], expires_at: `${day(5)}T00:00:00Z` }, { errors: { expires_at: ['must be a date'] } }],
    [{ name: 'a', scopes: ['api'], expires_at: day(0) }, { errors: { expires_at: ['must be in the future'] } }],
    [{ name: 'a', scopes: ['api'], expires_at: day(-1) }, { errors: { expires_at: ['must be in the future'] } }],
    [
      { name: 'a', scopes: ['api'], expires_at: day(401) },
      { errors: { expires_at: ['must be at most 400 days ahead'] } },
    ],
  ])('creating a token refuses %j', async (json, expected) => {
    const before = await dump('tokens')
    const { status, body } = await ask(path, { method: 'POST', json })
    expect({ status, body }).toMatchObject({ status: 400, body: expected })
    expect(JSON.stringify(body)).not.toContain('Own-Value')
    expect(await dump('tokens')).toBe(before)
  })

  test('creating a token repeats no text for each of many invalid scopes', async () => {
    const json = { name: 'a', scopes: Array(9000).fill('root') }
    const { status, body } = await ask(path, { method: 'POST', json })
    expect([status, body.errors]).toEqual([400, { scopes: ['does not have a valid value'] }])
    expect(JSON.stringify(body).length).toBeLessThan(300)
  })

  test('creating a token is for the instance: a token of the project, whatever it may do, makes no other', async () => {
    const { token } = await newToken(id, { scopes: ['api', 'read_secrets'], access_level: 50 })
    const before = await dump('tokens')
    const { status, body } = await ask(path, { method: 'POST', token, json: { name: 'a', scopes: ['read_secrets'] } })
    expect({ status, body }).toEqual({ status: 403, body: { message: '403 Forbidden' } })
    expect(await dump('tokens')).toBe(before)
  })

  test('creating a token is audited, without the value', async () => {
    const { id: tokenId, token } = await newToken(id, { name: 'audited', expires_at: day(3) })
    const entry = (await auditOf(id)).at(-1)
    expect(entry).toMatchObject({ action: 'token.created', subject: String(tokenId), actor_name: 'Instance' })
    expect(JSON.parse(entry?.changes ?? '')).toEqual([
      { field: 'name', to: 'audited' },
      { field: 'scopes', to: ['api'] },
      { field: 'access_level', to: 40 },
      { field: 'expires_at', to: day(3) },
    ])
    expect(JSON.stringify(entry)).not.toContain(token.slice(4))
  })
})

describe('the list of tokens', () => {
  let path = ''
  let ids: number[] = []
  beforeAll(async () => {
    const { id } = await newProject()
    path = tokensOf(id)
    ids = []
    for (const _ of [1, 2, 3, 4]) ids.push((await newToken(id)).id)
    await call(`${path}/${ids[1]}`, { method: 'DELETE' })
    await rows('update tokens set expires_at = 1 where id = ?', ids[2])
  })

  test.each([
    ['', [0, 1, 2, 3]],
    ['?state=active', [0, 3]],
    ['?state=inactive', [1, 2]],
    ['?per_page=3', [0, 1, 2]],
    ['?per_page=3&page=2', [3]],
    ['?page=3', []],
    ['?state=active&per_page=1&page=2', [3]],
  ])('%s holds %j', async (query, places) => {
    const { body } = await ask(path + query)
    expect(body.map(({ id }: { id: number }) => id)).toEqual(places.map((place) => ids[place]))
    expect(JSON.stringify(body)).not.toMatch(/pbt_|digest/)
  })

  test('the list of tokens shows which are revoked, and which have expired', async () => {
    const { body } = await ask(path)
    expect(body.map(({ revoked, active }: Record<string, unknown>) => [revoked, active])).toEqual([
      [false, true],
      [true, false],
      [false, false],
      [false, true],
    ])
  })

  test('the list of tokens is paginated', async () => {
    const { headers } = await ask(`${path}?per_page=3`)
    const names = ['X-Total', 'X-Total-Pages', 'X-Page', 'X-Per-Page', 'X-Next-Page', 'X-Prev-Page']
    expect(names.map((name) => headers.get(name))).toEqual(['4', '2', '1', '3', '2', ''])
  })

  test.each(['?state=dead', '?page=one'])('%s is refused', async (query) => {
    expect((await ask(path + query)).status).toBe(400)
  })
})

describe('a token by its id', () => {
  test('a token by its id is 404 where there is none, or it is another project’s', async () => {
    const [one, two] = [await newProject(), await newProject()]
    const theirs = await newToken(two.id)
    for (const id of [theirs.id, 0, 999_999_999, '99999999999999999999']) {
      for (const [method, tail] of [
        ['GET', ''],
        ['DELETE', ''],
        ['POST', '/rotate'],
      ] as const) {
        expect(await ask(`${tokensOf(one.id)}/${id}${tail}`, { method })).toMatchObject(NO_TOKEN)
      }
    }
    expect((await ask('version', { token: theirs.token })).status).toBe(200)
  })

  test.each(['-1', '1.5', 'me', 'SELF', '1e3'])('%s is no route', async (id) => {
    const { id: project } = await newProject()
    expect(await ask(`${tokensOf(project)}/${id}`)).toMatchObject({ status: 404, body: { error: '404 Not Found' } })
  })

  test('the instance token is none of a project’s', async () => {
    const { id } = await newProject()
    expect(await ask(`${tokensOf(id)}/self`)).toMatchObject(NO_TOKEN)
    expect(await ask(`${tokensOf(id)}/self`, { method: 'DELETE' })).toMatchObject(NO_TOKEN)
  })
})

describe('revoking', () => {
  test('revoking a token responds 204, applies at once, and may be repeated', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id)
    for (const _ of [1, 2]) expect((await call(`${tokensOf(id)}/${tokenId}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ask('version', { token })).body.error).toBe('invalid_token')
    expect((await ask(`${tokensOf(id)}/${tokenId}`)).body).toMatchObject({ revoked: true, active: false })
    const entries = (await auditOf(id)).filter(({ action }) => action === 'token.revoked')
    expect(entries.map(({ subject }) => subject)).toEqual([String(tokenId)])
  })

  test.each(['self', 'own id'])('any valid token may revoke itself by its %s', async (word) => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { scopes: ['read_secrets'], access_level: 10 })
    const path = `${tokensOf(id)}/${word === 'self' ? 'self' : tokenId}`
    expect((await ask(path, { token })).body).toMatchObject({ id: tokenId })
    expect((await call(path, { method: 'DELETE', token })).status).toBe(204)
    expect((await ask(path, { token })).body.error).toBe('invalid_token')
    expect((await auditOf(id)).at(-1)).toMatchObject({
      action: 'token.revoked',
      actor_kind: 'token',
      actor_id: tokenId + 1,
      subject: String(tokenId),
    })
  })
})

describe('rotating', () => {
  test('rotating makes a new token and revokes the old one, in one go', async () => {
    const { id } = await newProject()
    const old = await newToken(id, { name: 'deploy', scopes: ['read_api'], access_level: 30, expires_at: day(5) })
    const { status, body, headers } = await ask(`${tokensOf(id)}/${old.id}/rotate`, { method: 'POST' })
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'no-store'])
    expect(body).toMatchObject({ name: 'deploy', scopes: ['read_api'], access_level: 30, active: true })
    expect(body.id).toBeGreaterThan(old.id)
    expect((await ask('version', { token: body.token })).status).toBe(200)
    expect((await ask('version', { token: old.token })).body.error).toBe('invalid_token')
    expect(await holding(body.token.slice(4))).toEqual([])
    const entry = (await auditOf(id)).at(-1)
    expect(entry).toMatchObject({ action: 'token.rotated', subject: String(body.id) })
    expect(JSON.parse(entry?.changes ?? '')).toContainEqual({ field: 'replaces', to: old.id })
  })

  test.each(['self', 'own id'])('a token that rotates itself by its %s keeps its rights', async (word) => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { scopes: ['read_api'], access_level: 15 })
    const path = `${tokensOf(id)}/${word === 'self' ? 'self' : tokenId}/rotate`
    const { body } = await ask(path, { method: 'POST', token, json: { expires_at: day(7) } })
    expect(body).toMatchObject({ scopes: ['read_api'], access_level: 15, expires_at: day(7) })
  })

  test.each([
    [{ scopes: ['api'] }, 200],
    [{ scopes: ['read_secrets', 'api'] }, 200],
    [{ access_level: 10 }, 200],
    [{ access_level: 40, scopes: ['api'] }, 200],
    [{ scopes: ['read_api'] }, 400],
    [{ scopes: ['api', 'read_api'] }, 400],
    [{ access_level: 50 }, 400],
    [{ scopes: [] }, 400],
    [{ scopes: 'api' }, 400],
    [{ expires_at: day(500) }, 400],
  ])('a token that rotates itself with %j responds %d: never more than it had', async (json, status) => {
    const { id } = await newProject()
    const { token } = await newToken(id, { scopes: ['api', 'read_secrets'], access_level: 40 })
    const response = await ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token, json })
    expect(response.status).toBe(status)
    expect((await ask('version', { token })).status).toBe(status === 200 ? 401 : 200)
    expect(await rows('select id from tokens where project_id = ?', id)).toHaveLength(status === 200 ? 2 : 1)
  })

  test('rotating another token may give it more rights, if the instance does it', async () => {
    const { id } = await newProject()
    const old = await newToken(id, { scopes: ['read_api'], access_level: 10 })
    const json = { scopes: ['api', 'read_secrets'], access_level: 50 }
    expect((await ask(`${tokensOf(id)}/${old.id}/rotate`, { method: 'POST', json })).body).toMatchObject(json)
  })

  test('what is revoked is refused', async () => {
    const { id } = await newProject()
    const old = await newToken(id)
    await call(`${tokensOf(id)}/${old.id}`, { method: 'DELETE' })
    const { status, body } = await ask(`${tokensOf(id)}/${old.id}/rotate`, { method: 'POST' })
    expect({ status, body }).toEqual({ status: 400, body: { message: '400 Bad Request - Token already revoked' } })
  })

  test('concurrent rotations of a token make one new token', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id)
    const responses = await Promise.all(
      [1, 2, 3, 4, 5].map(() => ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token })),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(await rows('select id from tokens where project_id = ? and revoked_at is null', id)).toHaveLength(1)
    expect((await auditOf(id)).filter(({ action }) => action === 'token.rotated')).toHaveLength(1)
  })

  test('a token of another project cannot be rotated', async () => {
    const [one, two] = [await newProject(), await newProject()]
    const { token } = await newToken(one.id)
    expect(await ask(`${tokensOf(two.id)}/self/rotate`, { method: 'POST', token })).toMatchObject({
      status: 404,
      body: { message: '404 Project Not Found' },
    })
  })
})

test('a token dies with its project', async () => {
  const { id } = await newProject()
  const { token } = await newToken(id)
  await ask(`projects/${id}`, { method: 'DELETE' })
  expect(await ask('version', { token })).toMatchObject({ status: 401, body: { message: '401 Unauthorized' } })
})
