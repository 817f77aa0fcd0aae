import { describe, expect, test } from 'vitest'
import { ask, newPlace, newSettings } from '../support/api.ts'
import { SLACK } from '../support/fixtures.ts'

const DAY = 24 * 60 * 60 * 1000

/** Stand-ins for what is known only when the settings are saved. */
const NOW = '<now>'
const OLD = '<old>'
const TIME = '<its time>'
const EARLIER = '<a second before>'
const LATER = '<a day after>'

type Headers = Record<string, string>

/** Statuses of a PUT and a PATCH with a change, and of a DELETE. */
const ON_SAVED: [headers: Headers, late: boolean][] = [
  [{}, false],
  [{ 'If-Match': NOW }, false],
  [{ 'If-Match': `W/${NOW}` }, false],
  [{ 'If-Match': '*' }, false],
  [{ 'If-Match': `"0-0", ${NOW}` }, false],
  [{ 'If-Match': `"0-0",W/${NOW},"x"` }, false],
  [{ 'If-Match': OLD }, true],
  [{ 'If-Match': `W/${OLD}` }, true],
  [{ 'If-Match': '"0-0", "1-x"' }, true],
  [{ 'If-Match': 'nonsense' }, true],
  [{ 'If-None-Match': '*' }, true],
  [{ 'If-None-Match': NOW }, true],
  [{ 'If-None-Match': `W/${NOW}` }, true],
  [{ 'If-None-Match': OLD }, false],
  [{ 'If-Unmodified-Since': TIME }, false],
  [{ 'If-Unmodified-Since': LATER }, false],
  [{ 'If-Unmodified-Since': EARLIER }, true],
  [{ 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, true],
  [{ 'If-Unmodified-Since': 'yesterday' }, false],
  [{ 'If-Unmodified-Since': 'release 5' }, false],
  [{ 'If-Match': NOW, 'If-Unmodified-Since': EARLIER }, false],
  [{ 'If-Match': OLD, 'If-Unmodified-Since': LATER }, true],
  [{ 'If-Match': NOW, 'If-None-Match': '*' }, true],
]

/** Statuses if nothing is saved. */
const ON_NOTHING: [headers: Headers, put: number, patch: number, remove: number][] = [
  [{}, 200, 404, 404],
  [{ 'If-Match': '*' }, 412, 404, 404],
  [{ 'If-Match': '"1-1"' }, 412, 404, 404],
  [{ 'If-Match': 'W/"1-1"' }, 412, 404, 404],
  [{ 'If-None-Match': '*' }, 200, 404, 404],
  [{ 'If-None-Match': '"1-1"' }, 200, 404, 404],
  [{ 'If-Unmodified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 200, 404, 404],
]

const LATE = { status: 412, body: { message: '412 Precondition Failed' } }

/** Slack's settings, edited once, and the headers filled in. */
async function edited(headers: Headers) {
  const { path, etag: old } = await newSettings('slack', SLACK)
  const { body, headers: answered } = await ask(path, { json: { username: 'bot' } })
  const time = Date.parse(body.updated_at)
  const known: Headers = {
    [NOW]: answered.get('ETag') ?? '',
    [OLD]: old,
    [TIME]: new Date(time).toUTCString(),
    [EARLIER]: new Date(time - 1000).toUTCString(),
    [LATER]: new Date(time + DAY).toUTCString(),
  }
  const fill = (text: string) => text.replaceAll(/<[^>]+>/g, (name) => known[name] ?? name)
  return { path, saved: body, headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, fill(v)])) }
}

describe('a precondition', () => {
  test.each(ON_SAVED)('%j on saved settings: late is %j', async (sent, late) => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { path, saved, headers } = await edited(sent)
      const { status, body } = await ask(path, { method, headers, json: method === 'DELETE' ? {} : { channel: '#a' } })
      if (late) {
        expect({ status, body }).toEqual(LATE)
        expect((await ask(path)).body).toEqual(saved)
      } else expect(status).toBe(method === 'DELETE' ? 204 : 200)
    }
  })

  test.each(ON_NOTHING)('%j on nothing saved: PUT %d, PATCH %d, DELETE %d', async (headers, put, patch, remove) => {
    const { path } = await newPlace('slack')
    expect((await ask(path, { method: 'DELETE', headers })).status).toBe(remove)
    expect((await ask(path, { method: 'PATCH', headers, json: SLACK })).status).toBe(patch)
    expect((await ask(path)).status).toBe(404)
    const { status, body } = await ask(path, { headers, json: SLACK })
    expect(status).toBe(put)
    if (put === 412) expect(body).toEqual(LATE.body)
    expect((await ask(path)).status).toBe(put === 412 ? 404 : 200)
  })

  test('a precondition holds for a PUT that changes nothing, too', async () => {
    const { path, headers } = await edited({ 'If-Match': OLD })
    expect(await ask(path, { headers, json: {} })).toMatchObject(LATE)
  })

  test.each([
    [{ push_events: 'banana' }, 400],
    [{ webhook: [] }, 400],
    [{ webhook: 'no address' }, 412],
    [{ webhook: '' }, 412],
  ])('a precondition is looked at after types and before rules: a late %j is %d', async (json, status) => {
    const { path, headers } = await edited({ 'If-Match': OLD })
    expect((await ask(path, { headers, json })).status).toBe(status)
    const { path: empty } = await newPlace('slack')
    expect((await ask(empty, { headers: { 'If-Match': '*' }, json: {} })).body.error).toBe('webhook is missing')
  })

  test.each([
    [{ 'If-None-Match': NOW }, 304],
    [{ 'If-None-Match': `W/${NOW}` }, 304],
    [{ 'If-None-Match': `"0-0", ${NOW}` }, 304],
    [{ 'If-None-Match': '*' }, 304],
    [{ 'If-None-Match': OLD }, 200],
    [{ 'If-None-Match': 'nonsense' }, 200],
    [{ 'If-Match': OLD }, 200],
    [{ 'If-Unmodified-Since': EARLIER }, 200],
  ] as [Headers, number][])('%j on a GET responds %d', async (sent, status) => {
    const { path, saved, headers } = await edited(sent)
    const response = await ask(path, { headers })
    expect([response.status, response.body]).toEqual([status, status === 304 ? null : saved])
    expect(response.headers.get('ETag')).toBe(`"${saved.id}-2"`)
  })

  test('a precondition never makes a GET of nothing a 304', async () => {
    expect((await ask((await newPlace('slack')).path, { headers: { 'If-None-Match': '*' } })).status).toBe(404)
  })
})

test('every response with settings has a strong ETag of id and version', async () => {
  const { path, saved, etag } = await newSettings('slack', SLACK)
  expect(etag).toBe(`"${saved.id}-1"`)
  expect((await ask(path)).headers.get('ETag')).toBe(etag)
  const patched = await ask(path, { method: 'PATCH', json: { username: 'bot' } })
  expect(patched.headers.get('ETag')).toBe(`"${saved.id}-2"`)
  expect((await ask(`${path}?with_secrets=true`)).headers.get('ETag')).toBe(`"${saved.id}-2"`)
})
