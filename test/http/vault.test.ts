import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, newPlace, newSettings, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'

const NEXT_KEY = `k2:${btoa('another key of thirty-two bytes!')}`
const RENEWED = { env: { ENCRYPTION_KEYS: `${NEXT_KEY},${env.ENCRYPTION_KEYS}` } }
const ALONE = { env: { ENCRYPTION_KEYS: NEXT_KEY } }

const BAMBOO = { bamboo_url: 'https://bamboo.example.com', username: 'user', build_key: 'Key-1', password: 'Pass-1' }
const opened = async (path: string, options = {}) => (await ask(`${path}?with_secrets=true`, options)).body.properties
const sealed = async (id: number) =>
  (
    await rows<{ secrets: string | null; secrets_meta: string }>(
      'select secrets, secrets_meta from settings where id = ?',
      id,
    )
  )[0]

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

describe('a fingerprint', () => {
  test('fingerprints are equal for equal values only', async () => {
    const { path } = await newPlace('asana')
    const prints: string[] = []
    for (const api_key of ['a', 'b', 'a'])
      prints.push((await ask(path, { json: { api_key } })).body.secrets.api_key.fingerprint)
    expect(prints[2]).toBe(prints[0])
    expect(prints[1]).not.toBe(prints[0])
  })

  test('the fingerprint of a value differs between projects, services and fields', async () => {
    const { path, list } = await newPlace('flowdock')
    const places = [
      [path, { token: 'same' }],
      [(await newPlace('flowdock')).path, { token: 'same' }],
      [`${list}/pivotaltracker`, { token: 'same' }],
      [`${list}/pushover`, { api_key: 'same', user_key: 'same', priority: '0' }],
    ] as const
    const bodies = await Promise.all(places.map(([where, json]) => ask(where, { json })))
    const prints = bodies.flatMap(({ body }) => Object.values<{ fingerprint: string }>(body.secrets))
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(5)
  })
})

describe('a secret', () => {
  test('a secret that is sent again unchanged changes nothing', async () => {
    const { path, saved, etag } = await newSettings('bamboo', BAMBOO)
    const before = await sealed(saved.id)
    const { body, headers } = await ask(path, { json: { password: 'Pass-1', build_key: 'Key-1' } })
    expect([body, headers.get('ETag'), await sealed(saved.id)]).toEqual([saved, etag, before])
  })

  test('a changed secret leaves the fingerprints and times of others unchanged', async () => {
    const { path, saved } = await newSettings('bamboo', BAMBOO)
    const { body } = await ask(path, { json: { password: 'Pass-2' } })
    expect(body.secrets.build_key).toEqual(saved.secrets.build_key)
    expect(body.secrets.password.fingerprint).not.toBe(saved.secrets.password.fingerprint)
    expect(body.secrets.password.updated_at).toBe(body.updated_at)
    expect(await opened(path)).toMatchObject({ build_key: 'Key-1', password: 'Pass-2' })
  })

  test('a change of another parameter does not seal secrets again', async () => {
    const { path, saved } = await newSettings('bamboo', BAMBOO)
    const before = await sealed(saved.id)
    expect((await ask(path, { json: { username: 'other' } })).body.properties.username).toBe('other')
    expect(await sealed(saved.id)).toEqual(before)
  })

  test.each(['', null])('an optional secret is cleared by %j', async (password) => {
    const json = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: 'Pass-1' }
    const { path, saved } = await newSettings('jenkins', json)
    const { body } = await ask(path, { json: { password } })
    expect(body.secrets).toEqual({ password: { set: false, fingerprint: null, updated_at: null } })
    expect(await sealed(saved.id)).toEqual({ secrets: null, secrets_meta: '{}' })
  })

  test('a secret is sealed with a new initialization vector each time', async () => {
    const texts = []
    for (const _ of [1, 2, 3])
      texts.push((await sealed((await newSettings('asana', { api_key: 'same' })).saved.id))?.secrets)
    expect(texts).toEqual(texts.map(() => expect.stringMatching(/^v1\.k1\.[\w-]{16}\.[\w-]+$/)))
    expect(new Set(texts.map((text) => text?.split('.')[2])).size).toBe(3)
  })

  test.each([
    ['another project', async () => await newSettings('asana', { api_key: 'Own-Key' })],
    [
      'another service',
      async (list: string) => {
        const path = `${list}/flowdock`
        return { path, saved: (await ask(path, { json: { token: 'Own-Key' } })).body }
      },
    ],
  ] as const)('a sealed secret that is moved to %s does not open', async (_, newRow) => {
    const { saved, list } = await newSettings('asana', { api_key: 'Moved-Key' })
    const { path, saved: other } = await newRow(list)
    const sql = 'update settings set secrets = (select secrets from settings where id = ?) where id = ?'
    await rows(sql, saved.id, other.id)
    const { properties, ...rest } = other
    const { status, body } = await ask(`${path}?with_secrets=true`)
    expect({ status, body }).toEqual({ status: 200, body: { ...rest, unreadable: true, properties } })
    expect((await ask(path)).body).toEqual(other)
  })

  test.each([
    ['its last byte turned', (text: string) => text.slice(0, -2) + (text.at(-2) === 'A' ? 'B' : 'A') + text.at(-1)],
    ['another vector', (text: string) => text.replace(/\.[\w-]{16}\./, `.${'A'.repeat(16)}.`)],
    ['an unknown version', (text: string) => text.replace('v1.', 'v2.')],
    ['nothing after the key', (text: string) => text.split('.').slice(0, 2).join('.')],
  ])('a sealed secret with %s does not open', async (_, spoil) => {
    const { path, saved } = await newSettings('asana', { api_key: 'Own-Key' })
    await rows('update settings set secrets = ? where id = ?', spoil((await sealed(saved.id))?.secrets ?? ''), saved.id)
    const { status, body } = await ask(`${path}?with_secrets=true`)
    expect([status, body.unreadable, body.properties]).toEqual([200, true, { restrict_to_branch: null }])
  })
})

describe('when a new key comes first', () => {
  test('secrets sealed with an older key open, and stay as they are until they change', async () => {
    const { path, saved } = await newSettings('bamboo', BAMBOO)
    const before = await sealed(saved.id)
    expect(await opened(path, RENEWED)).toMatchObject({ build_key: 'Key-1', password: 'Pass-1' })
    expect((await ask(path, { json: BAMBOO, ...RENEWED })).body).toEqual(saved)
    await ask(path, { json: { username: 'other' }, ...RENEWED })
    expect(await sealed(saved.id)).toEqual(before)
  })

  test('the first key of the ring seals what is saved', async () => {
    const { path, saved } = await newSettings('bamboo', BAMBOO)
    const { body } = await ask(path, { json: { password: 'Pass-2' }, ...RENEWED })
    expect(body.secrets.password.fingerprint).toMatch(/^k2:/)
    expect(body.secrets.build_key).toEqual(saved.secrets.build_key)
    expect((await sealed(saved.id))?.secrets).toMatch(/^v1\.k2\./)
    expect(await opened(path, RENEWED)).toMatchObject({ build_key: 'Key-1', password: 'Pass-2' })
  })
})

describe('when a key is lost', () => {
  test('without its key a row is edited but not opened, and opens again once the key is back', async () => {
    const { path } = await newSettings('asana', { api_key: 'Own-Key' })
    expect(await ask(`${path}?with_secrets=true`, ALONE)).toMatchObject({ status: 200, body: { unreadable: true } })
    expect((await ask(path, ALONE)).body.secrets.api_key.set).toBe(true)
    expect((await ask(path, { json: { restrict_to_branch: 'main' }, ...ALONE })).status).toBe(200)
    expect(await opened(path)).toEqual({ api_key: 'Own-Key', restrict_to_branch: 'main' })
  })
})

describe('a row whose secrets do not open', () => {
  /** Bamboo's row, sealed with a key that the ring no longer has, or damaged. */
  async function newUnreadable(isDamaged: boolean) {
    const place = await newSettings('bamboo', BAMBOO)
    if (isDamaged) await rows("update settings set secrets = 'v1.k2.AAAA.AAAA' where id = ?", place.saved.id)
    return place
  }

  test.each([false, true])(
    'a list marks a row whose secrets do not open, and returns the others: damaged %j',
    async (isDamaged) => {
      const { list, saved } = await newUnreadable(isDamaged)
      await ask(`${list}/asana`, { json: { api_key: 'Own-Key' }, ...ALONE })
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const { status, body, headers } = await ask(`${list}?with_secrets=true`, ALONE)
      expect([status, headers.get('Cache-Control')]).toEqual([200, 'no-store'])
      expect(
        body.map(({ slug, unreadable, properties }: Record<string, unknown>) => [slug, unreadable, properties]),
      ).toEqual([
        ['bamboo', true, saved.properties],
        ['asana', undefined, { api_key: 'Own-Key', restrict_to_branch: null }],
      ])
      const [line] = log.mock.calls.map(([text]) => JSON.parse(text))
      expect(line).toMatchObject({ level: 'error', error: 'UnreadableSecrets', rows: [{ slug: 'bamboo' }] })
    },
  )

  test.each(['PUT', 'PATCH'])(
    'a row whose secrets do not open is repaired by a %s with all of them',
    async (method) => {
      for (const isDamaged of [false, true]) {
        const { path } = await newUnreadable(isDamaged)
        const json = { password: 'Pass-2', build_key: 'Key-2' }
        expect((await ask(path, { method, json, ...ALONE })).status).toBe(200)
        expect(await opened(path, ALONE)).toMatchObject(json)
      }
    },
  )

  test('a row whose secrets do not open is repaired by a plan that changes the address and sends all secrets', async () => {
    const { list, path } = await newUnreadable(true)
    const json = { services: { bamboo: { ...BAMBOO, bamboo_url: 'https://bamboo-2.example.com' } } }
    expect((await ask(list, { method: 'PUT', json, ...ALONE })).body.changes).toMatchObject([{ action: 'change' }])
    expect(await opened(path, ALONE)).toMatchObject({ password: 'Pass-1', build_key: 'Key-1' })
  })

  test('a row whose secrets do not open rejects some of them, and names the missing ones', async () => {
    for (const isDamaged of [false, true]) {
      const { path, list, saved } = await newUnreadable(isDamaged)
      const errors = { build_key: ['must be sent again, because the saved one cannot be read'] }
      expect(await ask(path, { json: { password: 'Pass-2' }, ...ALONE })).toMatchObject({
        status: 400,
        body: { errors },
      })
      const json = { services: { bamboo: { password: 'Pass-2' } }, dry_run: true }
      expect((await ask(list, { method: 'PUT', json, ...ALONE })).status).toBe(400)
      expect((await ask(path, ALONE)).body).toEqual(saved)
    }
  })

  test('a row whose secrets do not open can be deleted', async () => {
    const { path } = await newUnreadable(true)
    expect((await ask(path, { method: 'DELETE', ...ALONE })).status).toBe(204)
  })
})

describe('reading secrets', () => {
  const insufficient = {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
  }

  test.each([
    [['api', 'read_secrets'], 'true', 200],
    [['read_api', 'read_secrets'], '1', 200],
    [['api'], 'true', 403],
    [['read_api'], 'yes', 403],
    [['api', 'read_api'], 'true', 403],
    [['api'], 'false', 200],
  ])('a token with the scopes %j and with_secrets=%s gets %d', async (scopes, word, status) => {
    const { id, path, list } = await newSettings('asana', { api_key: 'Own-Key' })
    const { token } = await newToken(id, { scopes })
    for (const where of [path, list]) {
      const response = await ask(`${where}?with_secrets=${word}`, { token })
      expect(response.status).toBe(status)
      if (status === 403) expect(response.body).toEqual({ ...insufficient, scope: 'read_secrets' })
      const isShown = status === 200 && word !== 'false'
      expect(JSON.stringify(response.body).includes('Own-Key')).toBe(isShown)
      expect(response.headers.get('Cache-Control')).toBe(isShown ? 'no-store' : 'private, no-cache')
    }
  })

  test('a token with read_secrets alone reads no secrets', async () => {
    const { id, path } = await newSettings('asana', { api_key: 'Own-Key' })
    const { token } = await newToken(id, { scopes: ['read_secrets'] })
    const { status, body } = await ask(`${path}?with_secrets=true`, { token })
    expect({ status, body }).toEqual({ status: 403, body: { ...insufficient, scope: 'api read_api' } })
  })

  test.each(['with_secrets=banana', 'with_secrets=false&with_secrets=true', 'with_secrets=true&with_secrets=x'])(
    'an invalid ?%s reads no secrets',
    async (query) => {
      const { id, path, list } = await newSettings('asana', { api_key: 'Own-Key' })
      const { token } = await newToken(id, { scopes: ['api'] })
      for (const where of [path, list]) {
        const response = await ask(`${where}?${query}`, { token })
        expect(response.status).toBeGreaterThanOrEqual(400)
        expect(JSON.stringify(response.body)).not.toContain('Own-Key')
      }
    },
  )

  test('a write with with_secrets returns no secrets', async () => {
    const { path } = await newPlace('asana')
    for (const method of ['PUT', 'PATCH']) {
      const response = await ask(`${path}?with_secrets=true`, { method, json: { api_key: `${method}-Key` } })
      expect(JSON.stringify(response.body)).not.toContain('-Key"')
    }
  })

  test('one GET reads the secrets of all services of a project, each in its place', async () => {
    const { list, path } = await newPlace('asana')
    await ask(path, { json: { api_key: 'Own-Key' } })
    await ask(`${list}/bamboo`, { json: BAMBOO })
    await ask(`${list}/external-wiki`, { json: { external_wiki_url: 'https://wiki.example.com' } })
    const { body } = await ask(`${list}?with_secrets=true&event=push`)
    expect(body.map(({ properties }: { properties: object }) => properties)).toEqual([
      { api_key: 'Own-Key', restrict_to_branch: null },
      { ...BAMBOO, enable_ssl_verification: true },
    ])
  })
})
