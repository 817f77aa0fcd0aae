import { describe, expect, test, vi } from 'vitest'
import { call, newPlace } from '../support/api.ts'
import { rows } from '../support/database.ts'

const MANY = 65_536
/** Just below the number of values that a body may hold. */
const SOME = 9900
const HUNG_MS = 30_000
/** Size limit of a row in D1. */
const ROW_BYTES = 2_000_000

const JIRA = { url: 'https://jira.example.com', username: 'user', password: 'pass' }
const list = (entry: unknown, count = MANY) => ({ ...JIRA, project_keys: Array(count).fill(entry) })
const json = (body: string) => ({ body, headers: { 'Content-Type': 'application/json' } })
const form = (body: string) => ({ body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
const yaml = (body: string) => ({ body, headers: { 'Content-Type': 'application/yaml' } })
const laughs = Array.from({ length: 30 }, (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(n > 0 ? 9 : 0)}x]`).join(
  '\n',
)
const part = '--b\r\nContent-Disposition: form-data; name="a[]"\r\n\r\n\r\n'
const multipart = (body: string) => ({ body, headers: { 'Content-Type': 'multipart/form-data; boundary=b' } })

/** Bodies of up to the 1 MiB that is taken, each the worst of its kind. */
const LARGE: [what: string, path: string, sent: { method?: string; body?: string; json?: object; token?: null }][] = [
  ['a list of a form, from a stranger', 'services/jira', { token: null, ...form('a[]&'.repeat(MANY)) }],
  ['a list of a multipart form', 'services/jira', { ...multipart(`${part.repeat(16_000)}--b--`) }],
  ['names of a form', 'services/jira', form(Array.from({ length: MANY }, (_, n) => n.toString(36)).join('&'))],
  ['names of JSON', 'services/jira', json(JSON.stringify({ ...Array(MANY).fill(0) }))],
  ['a list of what breaks a rule', 'services/jira', { json: list('\0') }],
  ['a list of what breaks a rule, not too long', 'services/jira', { json: list('\0', SOME) }],
  ['scopes, not too many', 'access_tokens', { method: 'POST', json: { name: 'n', scopes: Array(SOME).fill('x') } }],
  ['a list of what is ill-typed', 'services/jira', { json: list({}) }],
  ['scopes', 'access_tokens', { method: 'POST', json: { name: 'n', scopes: Array(MANY).fill('x') } }],
  ['arrays in arrays', 'services/jira', json(`{"url":${'['.repeat(MANY)}${']'.repeat(MANY)}}`)],
  ['objects in objects', 'services/jira', json(`${'{"a":'.repeat(MANY)}1${'}'.repeat(MANY)}`)],
  ['brackets that are never closed', 'services/jira', json('['.repeat(1_000_000))],
  ['slashes at the end of a URL', 'services/jira', { json: { ...JIRA, url: `https://a/${'/'.repeat(MANY)}x` } }],
  ['white space around a URL', 'services/jira', { json: { ...JIRA, url: `${' '.repeat(MANY)}x${' '.repeat(MANY)}` } }],
  ['asterisks that are almost a mask', 'services/asana', { json: { api_key: `${'*'.repeat(MANY)}x` } }],
  ['dots of a host', 'services/irker', { json: { recipients: 'a', server_host: `${'.'.repeat(MANY)}a` } }],
  ['channels', 'services/irker', { json: { recipients: 'a '.repeat(32_000) } }],
  ['addresses that hold no password', 'services/emails-on-push', { json: { recipients: 'a://'.repeat(16_000) } }],
  ['digits of a number', 'services/irker', { json: { recipients: '#a', server_port: '9'.repeat(MANY) } }],
  ['services of a plan', 'services', { json: { services: { ...Array(MANY).fill({}) } } }],
  ['aliases of YAML', 'services', yaml(laughs)],
  ['brackets of YAML', 'services', yaml('['.repeat(39_000))],
  ['names of YAML', 'services', yaml(Array.from({ length: MANY }, (_, n) => `a${n}: b`).join('\n'))],
  ['lines of YAML', 'services', yaml(`a: |\n${' b\n'.repeat(MANY)}`)],
  ['one path', `services/${'slack'.repeat(3000)}`, { json: {} }],
]

describe('large requests get a response in time', () => {
  test.each(LARGE)(
    '%s',
    async (_, path, sent) => {
      const { id } = await newPlace('jira')
      vi.spyOn(console, 'log').mockImplementation(() => {})
      const { status } = await call(`projects/${id}/${path}`, { method: 'PUT', ...sent })
      expect(status).toBeLessThan(500)
    },
    HUNG_MS,
  )
})

test('no row grows to more than D1 takes', async () => {
  const { id, path } = await newPlace('jira')
  for (const char of ['a', '"', '\\', '字']) {
    const project_keys = Array(100).fill(char.repeat(255))
    expect((await call(path, { json: { ...JIRA, project_keys } })).status).toBe(200)
    expect((await call(path, { json: { ...JIRA, project_keys: [...project_keys, 'a'] } })).status).toBe(400)
  }
  const lengths = await rows<{ bytes: number }>(
    `select length(cast(params as blob)) as bytes from settings where project_id = ?1
     union all select length(cast(changes as blob)) from audit where project_id = ?1`,
    id,
  )
  for (const { bytes } of lengths) expect(bytes).toBeLessThan(ROW_BYTES)
})
