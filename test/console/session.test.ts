import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { parseKeyRing } from '../../src/crypto/keyring.ts'
import { open, seal } from '../../src/crypto/seal.ts'
import { ADMIN, ask, call, newProject, newSettings, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { ORIGIN, Visitor } from '../support/pages.ts'
import { SIGNING, sign } from '../support/signed.ts'

const PLACE = 'console/session'
const ring = await parseKeyRing(env.ENCRYPTION_KEYS)

async function newVisitor(fields: Record<string, unknown> = {}) {
  const { id } = await newSettings('slack', SLACK)
  const { token, id: tokenId } = await newToken(id, fields)
  return { id, token, tokenId, home: `/console/projects/${id}`, visitor: await Visitor.signIn(token) }
}

/** Seals the content of a cookie again, with a change to it. */
async function resealed(cookie: string, place: string, change: Record<string, unknown>, keys = ring): Promise<string> {
  const [name, value = ''] = cookie.split('=')
  const kept = JSON.parse(await open(ring, PLACE, value))
  return `${name}=${await seal(keys, place, JSON.stringify({ ...kept, ...change }))}`
}

describe('signing in', () => {
  test('with a token of a project leads to the project, and its cookie holds no token', async () => {
    const { id, token, visitor } = await newVisitor()
    expect((await visitor.open('/console')).headers.get('Location')).toBe(`/console/projects/${id}`)
    const [, value = ''] = visitor.cookie.split('=')
    const kept = await open(ring, PLACE, value)
    expect(visitor.cookie + kept).not.toContain(token)
  })

  test('with the token of the instance leads to the projects', async () => {
    const visitor = await Visitor.signIn()
    expect((await visitor.open('/console')).headers.get('Location')).toBe('/console/projects')
  })

  test('sets a cookie that no script, no other host and no other site can use', async () => {
    const response = await new Visitor().send('/console/session', { token: ADMIN })
    const [, ...attributes] = (response.headers.get('Set-Cookie') ?? '').split('; ')
    expect(response.headers.get('Set-Cookie')).toMatch(/^__Host-patchbay=v1\./)
    expect(attributes).toEqual(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'])
  })

  test.each([
    ['an unknown token', 'pbt_unknown'],
    ['no token', ''],
  ])('fails with %s, in words', async (_, token) => {
    const visitor = new Visitor()
    const response = await visitor.send('/console/session', { token })
    expect([response.status, visitor.cookie]).toEqual([401, ''])
    expect(await response.text()).toContain('That token is not valid')
  })

  test.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/api/v4',
    '/console@evil.example',
    'javascript:1',
  ])('leads to no other place than the console: %s', async (return_to) => {
    const response = await new Visitor().send('/console/session', { token: ADMIN, return_to })
    expect(response.headers.get('Location')).toBe('/console')
  })

  test('counts a wrong token against the address', async () => {
    const limit = vi.fn(async () => ({ success: false }))
    const visitor = new Visitor({ RATE_LIMIT: { limit } })
    const response = await visitor.send(
      '/console/session',
      { token: 'pbt_x' },
      { headers: { 'CF-Connecting-IP': '192.0.2.7' } },
    )
    expect([response.status, limit.mock.calls]).toEqual([429, [[{ key: 'address/192.0.2.7' }]]])
  })
})

describe('a session is over', () => {
  const isOver = async (visitor: Visitor, path: string) => (await visitor.open(path)).status === 401

  test('as soon as its token is revoked', async () => {
    const { id, tokenId, home, visitor } = await newVisitor()
    expect(await isOver(visitor, home)).toBe(false)
    await ask(`projects/${id}/access_tokens/${tokenId}`, { method: 'DELETE' })
    expect(await isOver(visitor, home)).toBe(true)
  })

  test('as soon as its token expires', async () => {
    const { tokenId, home, visitor } = await newVisitor()
    await rows('update tokens set expires_at = 1 where id = ?', tokenId)
    expect(await isOver(visitor, home)).toBe(true)
  })

  test('as soon as ADMIN_TOKEN changes', async () => {
    const { cookie } = await Visitor.signIn()
    const later = new Visitor({ ADMIN_TOKEN: 'another-instance-token-0123456789abcdef' })
    later.cookie = cookie
    expect(await isOver(later, '/console/projects')).toBe(true)
  })

  test('as soon as the key that sealed it is gone', async () => {
    const { cookie } = await Visitor.signIn()
    const later = new Visitor({ ENCRYPTION_KEYS: `k2:${btoa('fedcba9876543210fedcba9876543210')}` })
    later.cookie = cookie
    expect(await isOver(later, '/console/projects')).toBe(true)
  })

  test.each([
    [
      'twelve hours after it began, with a token',
      () => newVisitor().then(({ visitor, home }) => ({ visitor, home })),
      12,
    ],
    [
      'two hours after it began, with the token of the instance',
      async () => ({ visitor: await Visitor.signIn(), home: '/console/projects' }),
      2,
    ],
  ])('%s', async (_, begin, hours) => {
    const { visitor, home } = await begin()
    const [, value = ''] = visitor.cookie.split('=')
    const { until } = JSON.parse(await open(ring, PLACE, value))
    expect(Math.round((until - Date.now()) / 60_000)).toBe(hours * 60)
    visitor.cookie = await resealed(visitor.cookie, PLACE, { until: Date.now() - 1 })
    expect(await isOver(visitor, home)).toBe(true)
  })

  test('an hour after its signed token was issued', async () => {
    const { id } = await newProject()
    const iat = Math.floor(Date.now() / 1000) - 600
    const visitor = await Visitor.signIn(await sign({ project_id: id, iat, exp: iat + 700 }), SIGNING)
    const [, value = ''] = visitor.cookie.split('=')
    expect(JSON.parse(await open(ring, PLACE, value)).until).toBe((iat + 3600) * 1000)
  })

  test('when people sign out', async () => {
    const { home, visitor } = await newVisitor()
    const response = await visitor.send('/console/session/end', {})
    expect(response.headers.get('Set-Cookie')).toMatch(/^__Host-patchbay=; .*Max-Age=0/)
    expect(await isOver(visitor, home)).toBe(true)
  })

  test('says so, and leads back to the page after signing in', async () => {
    const { id, tokenId, home, visitor } = await newVisitor()
    await ask(`projects/${id}/access_tokens/${tokenId}`, { method: 'DELETE' })
    const html = await (await visitor.open(`${home}/services/slack`)).text()
    expect(html).toContain('Your session is over')
    expect(html).toContain(`name="return_to" value="${home}/services/slack"`)
  })
})

describe('a cookie opens nothing', () => {
  test.each<[string, (cookie: string) => string | Promise<string>]>([
    ['with another byte', (cookie) => `${cookie.slice(0, -2)}${cookie.endsWith('AA') ? 'BB' : 'AA'}`],
    ['cut short', (cookie) => cookie.slice(0, 40)],
    ['in plain text', async () => `__Host-patchbay=${btoa(JSON.stringify({ holder: { digest: 'x' }, until: 9e15 }))}`],
    ['sealed at another place', (cookie) => resealed(cookie, 'console/offer', {})],
    ['sealed as settings are', (cookie) => resealed(cookie, '1/slack', {})],
    ['under the name that plain http uses', (cookie) => cookie.replace('__Host-', '')],
    ['under a name that ends in its own', (cookie) => `x${cookie}`],
  ])('%s', async (_, change) => {
    const { home, visitor } = await newVisitor()
    visitor.cookie = await change(visitor.cookie)
    expect((await visitor.open(home)).status).toBe(401)
  })

  test('of the API, which takes no cookie', async () => {
    const { id, visitor } = await newVisitor()
    const headers = { Cookie: visitor.cookie }
    for (const path of [`projects/${id}/services`, `/projects/${id}/services`, 'projects', 'user'])
      expect((await call(path, { token: null, headers })).status).toBe(401)
  })
})

/** Senders of a form, the headers of their browsers, and whether the form is taken. */
const SENDERS: [who: string, headers: Record<string, string>, isTaken: boolean][] = [
  ['our own page', { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }, true],
  ['our own page over plain http', { Origin: ORIGIN, 'Sec-Fetch-Site': '' }, true],
  ['another site', { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }, false],
  ['another host of our site', { Origin: 'https://evil.patchbay.test', 'Sec-Fetch-Site': 'same-site' }, false],
  ['another site that claims our origin', { Origin: ORIGIN, 'Sec-Fetch-Site': 'cross-site' }, false],
  [
    'another site, by a browser without Sec-Fetch-Site',
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': '' },
    false,
  ],
  ['a sandboxed page', { Origin: 'null', 'Sec-Fetch-Site': '' }, false],
  ['a program without any origin', { Origin: '', 'Sec-Fetch-Site': '' }, false],
  ['an address that was typed', { Origin: ORIGIN, 'Sec-Fetch-Site': 'none' }, false],
]

describe('a form of', () => {
  test.each(SENDERS)('%s, with %j, is taken: %s', async (_, sent, isTaken) => {
    const { id, home, visitor } = await newVisitor()
    const headers = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== ''))
    visitor.sender = headers
    const saved = await visitor.send(`${home}/services/slack`, {
      etag: (await ask(`projects/${id}/services/slack`)).headers.get('ETag') ?? '',
      username: 'evil',
    })
    const signedIn = await visitor.send('/console/session', { token: ADMIN })
    expect([saved.status, signedIn.status]).toEqual(isTaken ? [303, 303] : [403, 403])
    const { body } = await ask(`projects/${id}/services/slack`)
    expect(body.properties.username).toBe(isTaken ? 'evil' : null)
  })
})
