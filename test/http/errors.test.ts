import { describe, expect, test, vi } from 'vitest'
import { ask, newPlace, newSettings } from '../support/api.ts'
import { auditOf, rows, spyOnDatabase } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'

describe('an error', () => {
  test.each([
    [
      'missing and ill-typed parameters, all at once',
      'irker',
      { server_port: 'Own-Value', colorize_messages: ['Own-Value'], push_events: 'Own-Value' },
      {
        error: 'push_events is invalid, recipients is missing, server_port is invalid, colorize_messages is invalid',
        errors: {
          push_events: ['is invalid'],
          recipients: ['is missing'],
          server_port: ['is invalid'],
          colorize_messages: ['is invalid'],
        },
      },
    ],
    [
      'missing ones alone, before rules',
      'bamboo',
      { bamboo_url: 'Own-Value', username: '', password: '********' },
      { error: 'build_key is missing', errors: { build_key: ['is missing'] } },
    ],
    [
      'ill-typed ones alone, before rules',
      'bamboo',
      { bamboo_url: 'Own-Value', build_key: {}, username: '', password: 'p' },
      { error: 'build_key is invalid', errors: { build_key: ['is invalid'] } },
    ],
    [
      'broken rules, all at once',
      'bamboo',
      { bamboo_url: 'Own-Value', build_key: '••••', username: '', password: 'Own\nValue' },
      {
        message:
          "400 Bad Request - bamboo_url must be a valid URL, build_key is a mask, not a value: send the real one, or leave it out, username can't be blank, password must not contain control characters",
        errors: {
          bamboo_url: ['must be a valid URL'],
          build_key: ['is a mask, not a value: send the real one, or leave it out'],
          username: ["can't be blank"],
          password: ['must not contain control characters'],
        },
      },
    ],
    [
      'one broken rule',
      'slack',
      { webhook: 'Own-Value' },
      { message: '400 Bad Request - webhook must be a valid URL', errors: { webhook: ['must be a valid URL'] } },
    ],
    [
      'a word that is no choice',
      'slack',
      { webhook: 'https://hooks.example.com/1', branches_to_be_notified: 'Own-Value' },
      {
        message: '400 Bad Request - branches_to_be_notified is not included in the list',
        errors: { branches_to_be_notified: ['is not included in the list'] },
        allowed: { branches_to_be_notified: ['all', 'default', 'protected', 'default_and_protected'] },
      },
    ],
  ])('an error names %s', async (_, slug, json, body) => {
    const { path } = await newPlace(slug)
    const response = await ask(path, { json })
    expect({ status: response.status, body: response.body }).toEqual({ status: 400, body })
    expect(JSON.stringify(Object.keys(response.body.errors))).toBe(JSON.stringify(Object.keys(body.errors)))
    expect(JSON.stringify([response.body, ...response.headers])).not.toContain('Own-Value')
    expect((await ask(path)).status).toBe(404)
  })
})

describe('when the database fails', () => {
  const failing = (error: () => Error, isHit: (sql: string) => boolean = () => true) =>
    spyOnDatabase((trip) => {
      if (trip.some(({ sql }) => isHit(sql))) throw error()
    })
  const lost = () => new Error('D1_ERROR: Network connection lost.')

  test.each([
    ['on the first trip', () => true],
    ['on the write', (sql: string) => sql.startsWith('update')],
  ])('%s, the response is 503 with Retry-After, and the log holds no value', async (_, isHit) => {
    const { id, path, saved } = await newSettings('slack', SLACK)
    const entries = await auditOf(id)
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { status, body, headers } = await ask(path, {
      json: { username: 'Own-Value', webhook: 'https://hooks.example.com/Own-Value' },
      env: { DB: failing(lost, isHit).DB },
    })
    expect({ status, body }).toEqual({ status: 503, body: { message: '503 Service Unavailable' } })
    expect([headers.get('Retry-After'), headers.get('Content-Type')]).toEqual(['1', 'application/json'])
    expect(log).toHaveBeenCalledOnce()
    expect(String(log.mock.calls)).toContain('Network connection lost')
    expect(String(log.mock.calls)).not.toContain('Own-Value')
    log.mockRestore()
    expect((await ask(path)).body).toEqual(saved)
    expect(await auditOf(id)).toEqual(entries)
  })

  test.each([
    ['PUT', { username: 'bot' }, 200, 'settings.updated'],
    ['PATCH', { active: false }, 200, 'settings.updated'],
    ['DELETE', {}, 204, 'settings.deleted'],
    ['PUT of another service', { api_key: 'k' }, 200, 'settings.created'],
  ])('only to say that a %s landed, it is recognised as done', async (what, json, status, action) => {
    const { id, path, list } = await newSettings('slack', SLACK)
    const [method = ''] = what.split(' ')
    let isLost = false
    const { DB } = spyOnDatabase((trip) => {
      if (isLost || !trip.some(({ sql }) => /^(insert|update|delete)/i.test(sql))) return
      isLost = true
      return () => {
        throw lost()
      }
    })
    const response = await ask(what === method ? path : `${list}/asana`, { method, json, env: { DB } })
    expect([isLost, response.status]).toEqual([true, status])
    expect((await auditOf(id)).slice(2).map((entry) => entry.action)).toEqual([action])
  })

  test('an unexpected failure of the database is a 500 without a reason, in the response and in the log', async () => {
    const { path, saved } = await newSettings('slack', SLACK)
    await rows("update settings set params = 'Own-Value' where id = ?", saved.id)
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { status, body, headers } = await ask(path)
    expect({ status, body }).toEqual({ status: 500, body: { message: '500 Internal Server Error' } })
    expect([headers.get('Content-Type'), headers.has('X-Request-Id')]).toEqual(['application/json', true])
    expect(log).toHaveBeenCalledOnce()
    expect(String(log.mock.calls)).toContain('SyntaxError')
    expect(String(log.mock.calls)).not.toContain('Own-Value')
    log.mockRestore()
  })
})

describe('a long error', () => {
  test('a long error names the first 20 fields and says that there are more', async () => {
    const { list } = await newPlace('slack')
    const slugs = Array.from({ length: 60 }, (_, n) => `nowhere-${n}-to-be-found`)
    const json = { services: Object.fromEntries(slugs.map((slug) => [slug, {}])) }
    const { status, body } = await ask(list, { method: 'PUT', json })
    expect([status, Object.keys(body.errors)]).toEqual([400, slugs.slice(0, 20).map((slug) => `services.${slug}`)])
    expect(body.error.endsWith('services.nowhere-19-to-be-found is unknown, …')).toBe(true)
  })

  test('a long error says once what is wrong with many entries of a list', async () => {
    const { id } = await newPlace('slack')
    const json = { name: 'x', scopes: Array.from({ length: 9000 }, (_, n) => `bad-${n}`) }
    const { status, body } = await ask(`projects/${id}/access_tokens`, { method: 'POST', json })
    expect([status, body.errors.scopes.length, body.allowed.scopes.length > 0]).toEqual([400, 1, true])
  })
})
