import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, newProject } from '../support/api.ts'
import { SIGNING, sign, withSigned } from '../support/signed.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

let url = ''
let count = 0
let project = 0
/** Response of the URL. */
let response: () => Response | Promise<Response>
const fetches = vi.fn(async () => response())
const log = vi.spyOn(console, 'error')

const good = () => new Response(SIGNING.JWT_JWKS)

beforeEach(async () => {
  project ||= (await newProject()).id
  count += 1
  url = `https://forge.example.com/${count}/jwks.json`
  response = good
  fetches.mockClear()
  log.mockReset()
  vi.stubGlobal('fetch', fetches)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function status(header: { kid?: string } = {}): Promise<number> {
  const token = await sign({ project_id: project }, header)
  return (await ask('user', withSigned(token, { env: { JWT_JWKS: url } }))).status
}

function pass(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds)
}

describe('a key set at a URL', () => {
  test('a key set at a URL is fetched once and kept', async () => {
    for (let round = 0; round < 5; round++) expect(await status()).toBe(200)
    expect(fetches).toHaveBeenCalledTimes(1)
  })

  test('a key set at a URL is fetched once for 40 requests that come before it is there', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    response = () => promise
    const statuses = Array.from({ length: 40 }, () => status())
    await vi.waitFor(() => expect(fetches).toHaveBeenCalled())
    resolve(good())
    expect(new Set(await Promise.all(statuses))).toEqual(new Set([200]))
    expect(fetches).toHaveBeenCalledTimes(1)
  })

  test('a key set at a URL is fetched at most once in 30 seconds for tokens that name unknown keys', async () => {
    expect(await status()).toBe(200)
    for (let round = 0; round < 50; round++) expect(await status({ kid: `garbage-${round}` })).toBe(401)
    expect(fetches).toHaveBeenCalledTimes(1)
    pass(30 * SECOND)
    for (let round = 0; round < 50; round++) expect(await status({ kid: `garbage-${round}` })).toBe(401)
    expect(fetches).toHaveBeenCalledTimes(2)
  })

  test('a key set at a URL is fetched for a key that was added, once the pause is over', async () => {
    response = () =>
      Response.json({ keys: JSON.parse(SIGNING.JWT_JWKS).keys.map((key: object) => ({ ...key, kid: 'old' })) })
    expect(await status({ kid: 'old' })).toBe(200)
    response = good
    expect(await status()).toBe(401)
    pass(30 * SECOND)
    expect(await status()).toBe(200)
  })

  test('a key set at a URL is fetched again after ten minutes, and requests do not wait for that', async () => {
    expect(await status()).toBe(200)
    pass(10 * MINUTE)
    const { promise, resolve } = Promise.withResolvers<Response>()
    response = () => promise
    const first = status()
    await vi.waitFor(() => expect(fetches).toHaveBeenCalledTimes(2))
    resolve(good())
    expect(await first).toBe(200)
  })
})

/** Failures of a URL. */
const FAILURES: [how: string, response: () => Response | Promise<Response>][] = [
  ['is unreachable', () => Promise.reject(new TypeError('Network connection lost.'))],
  ['returns 500', () => new Response('', { status: 500 })],
  ['redirects', () => Response.redirect('https://elsewhere.example.com/', 302)],
  ['returns a page', () => new Response('<html></html>')],
  ['returns other JSON', () => Response.json({ error: 'gone' })],
]

describe('while the URL', () => {
  test.each(FAILURES)('%s and no keys are there, signed tokens return 503 with a log line', async (_, failure) => {
    response = failure
    expect(await status()).toBe(503)
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)).message)
    expect(lines).toEqual(['The key set at JWT_JWKS cannot be fetched', 'JWT_JWKS has no key that can be used'])
  })

  test('while the URL fails, it is asked once in 30 seconds', async () => {
    response = () => new Response('', { status: 500 })
    for (let round = 0; round < 10; round++) expect(await status()).toBe(503)
    expect(fetches).toHaveBeenCalledTimes(1)
    pass(30 * SECOND)
    response = good
    expect(await status()).toBe(200)
    expect(fetches).toHaveBeenCalledTimes(2)
  })

  test.each(FAILURES)('%s, the last good set is used for a day', async (_, failure) => {
    expect(await status()).toBe(200)
    response = failure
    for (const hours of [1, 11, 11]) {
      pass(hours * HOUR)
      expect(await status()).toBe(200)
    }
    expect(String(log.mock.calls)).toContain('cannot be fetched')
    pass(HOUR)
    expect(await status()).toBe(503)
    response = good
    pass(30 * SECOND)
    expect(await status()).toBe(200)
  })

  test('while the URL returns a set without keys, signed tokens return 503', async () => {
    expect(await status()).toBe(200)
    response = () => Response.json({ keys: [] })
    pass(10 * MINUTE)
    await status()
    expect(await status()).toBe(503)
  })
})
