import { afterEach, describe, expect, test, vi } from 'vitest'
import { ask } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'

const READY = { status: 'ok', database: 'ok', key_ring: 'ok', signed_tokens: 'ok', public_url: 'ok' }
const ready = (env: object = {}) => ask('/ready', { token: null, env })

afterEach(() => vi.restoreAllMocks())

test('/ready is 200 if all works, and reads the database once', async () => {
  const { DB, trips } = spyOnDatabase()
  const { status, body } = await ready({ DB })
  expect([status, body]).toEqual([200, READY])
  expect(trips).toHaveLength(1)
})

describe('/ready is 503, and the log says what is missing, if the database lacks', () => {
  test.each([
    ['a column', 'alter table tokens rename column expires_at to gone', 'tokens.expires_at'],
    ['a computed column', 'alter table settings rename column key_id to gone', 'settings.key_id'],
    ['a table', 'alter table retired_projects rename to gone', 'retired_projects.id'],
  ])('%s', async (_, sql, missing) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    await rows(sql)
    const { status, body } = await ready()
    const [, from, column, to] = /table (\w+) rename(?: column (\w+))? to (\w+)/.exec(sql) ?? []
    await rows(column ? `alter table ${from} rename column ${to} to ${column}` : `alter table ${to} rename to ${from}`)
    expect([status, body]).toEqual([503, { ...READY, status: 'unavailable', database: 'failed' }])
    expect(log.mock.calls.flat().join('')).toContain(`Missing in the database: ${missing}`)
    expect((await ready()).status).toBe(200)
  })
})

test('/ready takes columns that a later release has added', async () => {
  await rows('alter table projects add column later text')
  expect((await ready()).status).toBe(200)
})

test('/ready is 503 if the database does not respond', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const { DB } = spyOnDatabase(() => {
    throw new Error('D1_ERROR: no database')
  })
  expect(await ready({ DB })).toMatchObject({ status: 503, body: { database: 'failed', key_ring: 'ok' } })
})

test.each([
  'patchbay',
  'ftp://example.com',
  'https://a:b@example.com',
  'https://example.com/?a',
  'https://example.com#a',
])('/ready is 503 if PUBLIC_URL is %s', async (PUBLIC_URL) => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await ready({ PUBLIC_URL })).toMatchObject({ status: 503, body: { public_url: 'failed', database: 'ok' } })
})
