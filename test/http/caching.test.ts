import { describe, expect, test } from 'vitest'
import { ask, newSettings, newToken } from '../support/api.ts'
import { SLACK } from '../support/fixtures.ts'

const SECRET = { scopes: ['api', 'read_secrets'] }

async function headersOf(path: string, options: Parameters<typeof ask>[1]) {
  const { headers } = await ask(path, options)
  return { cache: headers.get('Cache-Control'), vary: headers.get('Vary') }
}

describe('a response to a token', () => {
  const VARY = 'PRIVATE-TOKEN, Authorization'

  test('a response to a token is private and revalidated, and varies by the token, errors too', async () => {
    const { id, path, list, etag } = await newSettings('slack', SLACK)
    const { token } = await newToken(id)
    for (const [place, options] of [
      [path, {}],
      [list, {}],
      [path, { headers: { 'If-None-Match': etag } }],
      [path, { json: { username: 'bot' } }],
      [`projects/${id}/services/asana`, {}],
      [`${path}?with_secrets=true`, {}],
      ['projects/0', {}],
      ['user', {}],
      [path, { method: 'DELETE' }],
    ] as [string, object][])
      expect({ place, ...(await headersOf(place, { token, ...options })) }).toEqual({
        place,
        cache: 'private, no-cache',
        vary: VARY,
      })
  })

  test('a response to a token with secrets or a new token is stored nowhere', async () => {
    const { id, path, list } = await newSettings('slack', SLACK)
    const { token } = await newToken(id, SECRET)
    const tokens = `projects/${id}/access_tokens`
    for (const [place, options] of [
      [`${path}?with_secrets=true`, { token }],
      [`${list}?with_secrets=true`, { token }],
      [tokens, { method: 'POST', json: { name: 'new', scopes: ['api'] } }],
      [`${tokens}/self/rotate`, { method: 'POST', token }],
    ] as [string, object][])
      expect({ place, ...(await headersOf(place, options)) }).toEqual({ place, cache: 'no-store', vary: VARY })
  })
})

/** The welcome leads browsers to the console, so it varies with what they accept; no public response varies with a token. */
test.each([
  ['/', 'Accept'],
  ['services', null],
  ['services/slack', null],
])('a public response is not marked as private: %s', async (path, expected) => {
  const { vary, cache } = await headersOf(path, { token: null })
  expect(vary).toBe(expected)
  expect(cache ?? '').not.toContain('private')
})
