import { describe, expect, test } from 'vitest'
import { ADMIN, ask, type Call, newProject, newSettings, newToken } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { sign, withSigned } from '../support/signed.ts'

const TOO_MANY = { status: 429, body: { message: '429 Too Many Requests' } }
const FROM = { 'CF-Connecting-IP': '192.0.2.7' }
const ADDRESS = 'address/192.0.2.7'

/** A limiter that lets so many requests of each key pass. */
function limiterOf(limit = Number.POSITIVE_INFINITY) {
  const keys: string[] = []
  const RATE_LIMIT = {
    limit: async ({ key }: { key: string }) => {
      keys.push(key)
      return { success: keys.filter((known) => known === key).length <= limit }
    },
  }
  return { keys, env: { RATE_LIMIT } }
}

describe('a request over the limit', () => {
  test.each(['instance', 'token', 'unknown'])(
    'a request over the limit of the %s returns 429 and changes nothing',
    async (kind) => {
      const { id, path, saved } = await newSettings('slack', SLACK)
      const token = { instance: ADMIN, token: (await newToken(id)).token }[kind] ?? 'pbt_unknown'
      const { status, body, headers } = await ask(path, { token, json: { username: 'bot' }, env: limiterOf(0).env })
      expect({ status, body }).toEqual(TOO_MANY)
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
      expect((await ask(path)).body).toEqual(saved)
    },
  )

  test('a request over the limit is served by a deployment without the binding', async () => {
    expect((await ask('version', { env: { RATE_LIMIT: undefined } })).status).toBe(200)
  })
})

describe('a live token counts against its project', () => {
  test('a live token counts against its project when it rotates itself again and again', async () => {
    const { id } = await newProject()
    let { token } = await newToken(id)
    const { keys, env } = limiterOf(9)
    const statuses: number[] = []
    for (let round = 0; round < 6; round++) {
      const rotated = await ask(`projects/${id}/access_tokens/self/rotate`, { method: 'POST', token, env })
      token = rotated.body.token ?? token
      statuses.push(rotated.status, (await ask('version', { token, env })).status)
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(9)
    expect(statuses.slice(9)).toEqual([429, 429, 429])
    expect(new Set(keys)).toEqual(new Set([`project/${id}`]))
  })

  test('a live token counts against its project when a signed user mints one token after another', async () => {
    const { id } = await newProject()
    const signed = await sign({ project_id: id })
    const { keys, env } = limiterOf(6)
    const statuses: number[] = []
    for (let round = 0; round < 4; round++) {
      const json = { name: 'minted', scopes: ['api'] }
      const options = withSigned(signed, { method: 'POST', json, env })
      const minted = await ask(`projects/${id}/access_tokens`, options)
      statuses.push(minted.status)
      if (minted.status === 201) statuses.push((await ask('version', { token: minted.body.token, env })).status)
    }
    expect(statuses).toEqual([201, 200, 201, 200, 201, 200, 429])
    expect(new Set(keys)).toEqual(new Set([`project/${id}`]))
  })

  test.each([
    ['by id', (id: number) => ({ project_id: id })],
    ['by path', (_: number, path: string) => ({ project_path: path.toUpperCase() })],
  ])(
    'a live token counts against its project when it is signed for it %s, even if it is sent to the project of others',
    async (_, claim) => {
      const [mine, theirs] = [await newProject(), await newProject()]
      const { keys, env } = limiterOf()
      const signed = await sign(claim(mine.id, mine.path))
      for (const project of [mine, theirs]) {
        for (const ref of [project.id, encodeURIComponent(project.path)])
          await ask(`projects/${ref}/services`, withSigned(signed, { headers: FROM, env }))
      }
      await ask('user', withSigned(signed, { headers: FROM, env }))
      expect(keys).toEqual(Array(5).fill(`project/${mine.id}`))
    },
  )

  test('even if its scope, its role or the project is refused', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id, { scopes: ['read_api'], access_level: 10 })
    const { keys, env } = limiterOf()
    const statuses: number[] = []
    for (const [path, options] of [
      [`projects/${id}/services`, {}],
      [`projects/${id}/services/slack`, { json: {} }],
      ['projects/0/services', {}],
    ] as [string, Call][])
      statuses.push((await ask(path, { ...options, token, env })).status)
    expect(statuses).toEqual([403, 403, 404])
    expect(keys).toEqual(Array(3).fill(`project/${id}`))
  })
})

test('the instance token counts for itself, whatever project it is used on', async () => {
  const { keys, env } = limiterOf()
  for (const path of ['version', 'projects', `projects/${(await newProject()).id}/services`]) await ask(path, { env })
  expect(keys).toEqual(['instance', 'instance', 'instance'])
})

describe('a request that fails counts against the address of its client', () => {
  const BROKEN = { headers: { 'Content-Type': 'application/json' }, body: '{' }

  /** Requests that fail, with the trips to the database before each is counted. */
  const FAILURES: [what: string, options: () => Call | Promise<Call>, status: number, trips: number][] = [
    ['no token', () => ({ token: null }), 401, 0],
    ['an unknown token', () => ({ token: 'pbt_unknown' }), 401, 1],
    [
      'a token with a bad signature',
      async () => withSigned(`${(await sign({ project_id: 1 })).slice(0, -4)}AAAA`),
      401,
      0,
    ],
    ['an expired signed token', async () => withSigned(await sign({ project_id: 1, iat: 1, exp: 2 })), 401, 0],
    ['a signed token without a scope', async () => withSigned(await sign({ project_id: 1, scopes: [] })), 401, 0],
    ['a body that does not parse', () => ({ token: null, method: 'PUT', ...BROKEN }), 400, 0],
    ['a body that does not parse, with the instance token', () => ({ method: 'PUT', ...BROKEN }), 400, 0],
    ['a body of another type', () => ({ method: 'PUT', headers: { 'Content-Type': 'text/x' }, body: 'x' }), 415, 0],
    ['a body that is too large', () => ({ json: 'a'.repeat(1024 * 1024) }), 413, 0],
    ['a query that does not parse', () => ({ json: {}, path: '?a=%FF' }) as Call, 400, 0],
  ]

  test.each(FAILURES)('%s', async (_, options, status, trips) => {
    const { path, ...call } = (await options()) as Call & { path?: string }
    const { id } = await newProject()
    const { keys, env } = limiterOf(1)
    const database = spyOnDatabase()
    const request = { ...call, headers: { ...call.headers, ...FROM }, env: { ...call.env, ...env, DB: database.DB } }
    const place = `projects/${id}/services/slack${path ?? ''}`
    expect((await ask(place, request)).status).toBe(status)
    expect({ keys, trips: database.trips.length }).toEqual({ keys: [ADDRESS], trips })
    expect(await ask(place, request)).toMatchObject(TOO_MANY)
  })

  test.each(['expires_at = 1', 'revoked_at = 1'])('a token with %s', async (change) => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id)
    await rows(`update tokens set ${change} where id = ?`, tokenId)
    const { keys, env } = limiterOf()
    expect((await ask(`projects/${id}/services`, { token, headers: FROM, env })).status).toBe(401)
    expect(keys).toEqual([ADDRESS])
  })

  test.each([
    ['2001:db8:1:2:3:4:5:6', 'address/2001:db8:1:2'],
    ['2001:db8:1:2::9', 'address/2001:db8:1:2'],
    ['2001:db8::1', 'address/2001:db8:0:0'],
    [undefined, 'address/unknown'],
  ])('a request that fails counts against the address of its client that is %s as %s', async (address, key) => {
    const { keys, env } = limiterOf()
    const headers: Record<string, string> = address === undefined ? {} : { 'CF-Connecting-IP': address }
    await ask('version', { token: null, headers, env })
    expect(keys).toEqual([key])
  })
})
