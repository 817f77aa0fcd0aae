import { beforeAll, describe, expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { sign, withSigned } from '../support/signed.ts'

const DAY = 24 * 60 * 60 * 1000
const day = (ahead: number) => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10)

let id = 0
let other = 0
beforeAll(async () => {
  id = (await newProject()).id
  other = (await newProject()).id
})

const tokensOf = (project: number) => `projects/${project}/access_tokens`
const maintainer = { access_level: 40, scopes: ['api'] }
const as = async (claims: object, options = {}) =>
  withSigned(await sign({ project_id: id, ...maintainer, ...claims }), options)

async function create(json: object, claims: object = {}) {
  return ask(
    tokensOf(id),
    await as(claims, { method: 'POST', json: { name: 'made', scopes: ['api'], access_level: 40, ...json } }),
  )
}

describe('a token that a signed user creates', () => {
  test('a token that a signed user creates lives 90 days by default', async () => {
    const { status, body } = await create({})
    expect([status, body.expires_at]).toEqual([201, day(90)])
  })

  test.each([
    [{ expires_at: day(1) }, 201],
    [{ expires_at: day(90) }, 201],
    [{ expires_at: day(91) }, 400],
    [{ expires_at: day(399) }, 400],
  ])('a token that a signed user creates with %j is %d: 90 days at most', async (json, status) => {
    const { status: got, body } = await create(json)
    expect(got).toBe(status)
    if (status === 400) expect(body.errors).toEqual({ expires_at: ['must be at most 90 days ahead'] })
    else expect(body.expires_at).toBe(json.expires_at)
  })

  test.each([
    [{ scopes: ['api', 'read_secrets'] }, {}, ['scopes']],
    [{ scopes: ['send_events'] }, {}, ['scopes']],
    [{ access_level: 50 }, {}, ['access_level']],
    [
      { scopes: ['read_secrets'], access_level: 50, expires_at: day(100) },
      {},
      ['scopes', 'access_level', 'expires_at'],
    ],
    [{ scopes: ['api', 'read_secrets'] }, { scopes: ['api', 'read_secrets'] }, []],
    [{ access_level: 50 }, { access_level: 50 }, []],
  ])(
    'a token that a signed user creates with %j by a user with %j exceeds their rights in %j',
    async (json, claims, fields) => {
      const { status, body } = await create(json, claims)
      expect([status, Object.keys(body.errors ?? {})]).toEqual([fields.length > 0 ? 400 : 201, fields])
    },
  )

  test('a token that a signed user creates rotates itself for 90 days at most', async () => {
    const { body } = await create({})
    const { body: next } = await ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token: body.token })
    expect(next.expires_at).toBe(day(90))
    const json = { expires_at: day(91) }
    expect((await ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token: next.token, json })).status).toBe(400)
  })

  test('a token that a signed user creates is revoked by any signed user of the project with role 40, after rotations too', async () => {
    const { body: made } = await create({ access_level: 40 }, { sub: 'ada', access_level: 50 })
    const { body: next } = await ask(`${tokensOf(id)}/self/rotate`, { method: 'POST', token: made.token })
    const revoke = async (claims: object) =>
      (await ask(`${tokensOf(id)}/${next.id}`, await as({ sub: 'bob', ...claims }, { method: 'DELETE' }))).status
    expect(await revoke({ access_level: 30 })).toBe(403)
    expect(await revoke({ scopes: ['read_api'] })).toBe(403)
    expect(await revoke({ project_id: other })).toBe(404)
    expect((await ask('user', { token: next.token })).status).toBe(200)
    expect(await revoke({})).toBe(204)
    expect((await ask('user', { token: next.token })).body.error).toBe('invalid_token')
  })
})

describe('a token that the instance created', () => {
  test('a token that the instance created is not revoked or rotated by a signed user, whatever their role', async () => {
    const { id: tokenId, token } = await newToken(id)
    for (const [method, tail] of [
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      const owner = await as({ access_level: 50 }, { method })
      expect(await ask(`${tokensOf(id)}/${tokenId}${tail}`, owner)).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      })
    }
    expect((await ask('user', { token })).status).toBe(200)
  })

  test('a token that the instance created is its own again once it has rotated the token of a signed user', async () => {
    const { body: made } = await create({})
    const { body: next } = await ask(`${tokensOf(id)}/${made.id}/rotate`, { method: 'POST' })
    expect(await rows('select by_signed_user from tokens where id = ?', next.id)).toEqual([{ by_signed_user: 0 }])
    expect((await ask(`${tokensOf(id)}/${next.id}`, await as({}, { method: 'DELETE' }))).status).toBe(403)
  })
})
