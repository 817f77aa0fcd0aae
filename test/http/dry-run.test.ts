import { describe, expect, test } from 'vitest'
import { app } from '../../src/app.ts'
import { ask, type Call, newPlace, newSettings, newToken } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'
import { SLACK, snapshot } from '../support/fixtures.ts'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** Every way to ask for a dry run of one service: the query and the request besides. */
const WAYS: [what: string, query: string, sent: Call][] = [
  ['the query', '?dry_run=true', { json: { username: 'new' } }],
  ['another spelling in the query', '?dry_run=Yes', { json: { username: 'new' } }],
  ['JSON', '', { json: { username: 'new', dry_run: true } }],
  ['a word in JSON', '', { json: { username: 'new', dry_run: 'on' } }],
  ['a form', '', { headers: FORM, body: 'username=new&dry_run=1' }],
  ['a query that the body contradicts', '?dry_run=true', { json: { username: 'new', dry_run: false } }],
  ['a body that the query contradicts', '?dry_run=false', { json: { username: 'new', dry_run: true } }],
  ['one of two in the query', '?dry_run=true&dry_run=false', { json: { username: 'new' } }],
]

describe('a dry run of one service', () => {
  test.each(WAYS)('writes nothing in one trip, asked for in %s', async (_, query, sent) => {
    const { id, path } = await newSettings('slack', { ...SLACK, username: 'old' })
    const before = await snapshot(id)
    for (const method of ['PUT', 'PATCH']) {
      const { DB, trips } = spyOnDatabase()
      const { status, body } = await ask(path + query, { method, ...sent, env: { DB } })
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          dry_run: true,
          changes: [{ slug: 'slack', action: 'change', fields: [{ field: 'username', from: 'old', to: 'new' }] }],
          summary: { create: 0, change: 1, unchanged: 0, delete: 0 },
        },
      })
      expect(trips).toHaveLength(1)
    }
    expect(await snapshot(id)).toEqual(before)
  })

  test.each([
    ['the query', '?dry_run=true', {}],
    ['JSON', '', { json: { dry_run: true } }],
    ['a query that the body contradicts', '?dry_run=true', { json: { dry_run: false } }],
  ] as [string, string, Call][])(
    'a dry run of one service deletes nothing, asked for in %s',
    async (_, query, sent) => {
      const { id, path } = await newSettings('slack', SLACK)
      const before = await snapshot(id)
      const { status, body } = await ask(path + query, { method: 'DELETE', ...sent })
      expect([status, body.dry_run, body.summary]).toEqual([
        200,
        true,
        { create: 0, change: 0, unchanged: 0, delete: 1 },
      ])
      expect(body.changes[0].fields).toContainEqual({ field: 'webhook', secret: 'dropped' })
      expect(await snapshot(id)).toEqual(before)
    },
  )

  test('a dry run of one service creates nothing', async () => {
    const { id, path } = await newPlace('slack')
    const { body } = await ask(`${path}?dry_run=true`, { json: SLACK })
    expect(body.changes).toMatchObject([{ slug: 'slack', action: 'create' }])
    expect(await snapshot(id)).toEqual([[], []])
    expect((await ask(path)).status).toBe(404)
  })

  test.each(['perhaps', '', null, [true], { a: 1 }])(
    'a dry run of one service is not what cannot be read: %j',
    async (word) => {
      const { id, path } = await newSettings('slack', SLACK)
      const before = await snapshot(id)
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const { status, body } = await ask(path, { method, json: { dry_run: word } })
        expect([method, status, body.errors]).toEqual([method, 400, { dry_run: ['is invalid'] }])
      }
      expect((await ask(`${path}?dry_run`, { method: 'DELETE' })).status).toBe(400)
      expect(await snapshot(id)).toEqual(before)
    },
  )

  test('a dry run of one service returns the errors that the write would return', async () => {
    const { path } = await newSettings('slack', SLACK)
    const absent = (await newPlace('asana')).path
    for (const [method, place, sent] of [
      ['PUT', path, { json: { webhook: 'x' } }],
      ['PUT', path, { json: { webhook: {} } }],
      ['PUT', absent, { json: {} }],
      ['PATCH', absent, { json: { api_key: 'k' } }],
      ['DELETE', absent, {}],
      ['PUT', path, { json: {}, headers: { 'If-Match': '"1-999"' } }],
      ['DELETE', path, { headers: { 'If-Match': '"1-999"' } }],
      ['PUT', path, { json: { use_inherited_settings: true } }],
    ] as [string, string, Call][]) {
      const dry = await ask(`${place}?dry_run=true`, { method, ...sent })
      const real = await ask(place, { method, ...sent })
      expect([dry.status, dry.body]).toEqual([real.status, real.body])
      expect(dry.status).toBeGreaterThanOrEqual(400)
    }
  })

  test('a dry run of one service tells only a reader of secrets whether a secret changes', async () => {
    const { id, path } = await newSettings('asana', { api_key: 'k' })
    const dryRun = async (api_key: string, scopes: string[]) => {
      const { token } = await newToken(id, { scopes })
      const { body } = await ask(`${path}?dry_run=true`, { token, json: { api_key } })
      return [body.changes[0].action, body.changes[0].fields]
    }
    const sent = ['change', [{ field: 'api_key', secret: 'sent' }]]
    expect([await dryRun('k', ['api']), await dryRun('other', ['api'])]).toEqual([sent, sent])
    const reader = ['api', 'read_secrets']
    expect(await dryRun('k', reader)).toEqual(['unchanged', [{ field: 'api_key', secret: 'unchanged' }]])
    expect(await dryRun('other', reader)).toEqual(['change', [{ field: 'api_key', secret: 'changed' }]])
  })

  test('a dry run of one service lists unknown parameters, or rejects them if the caller prefers', async () => {
    const { path } = await newSettings('asana', { api_key: 'k' })
    const lenient = await ask(`${path}?dry_run=true`, { json: { colour: 'red' } })
    expect([lenient.body.ignored, lenient.headers.get('X-Ignored-Parameters')]).toEqual([['asana.colour'], 'colour'])
    const strict = await ask(`${path}?dry_run=true`, {
      json: { colour: 'red' },
      headers: { Prefer: 'handling=strict' },
    })
    expect([strict.status, strict.body.error]).toEqual([400, 'colour is unknown'])
  })
})

describe('a strict write of one service', () => {
  const headers = { Prefer: 'handling=strict' }

  test('a strict write of one service rejects unknown parameters together with all others that are wrong, and changes nothing', async () => {
    const { id, path } = await newPlace('slack')
    const { status, body, headers: sent } = await ask(path, { json: { channel: {}, colour: 'red' }, headers })
    expect({ status, body, applied: sent.get('Preference-Applied') }).toEqual({
      status: 400,
      body: {
        error: 'webhook is missing, channel is invalid, colour is unknown',
        errors: { webhook: ['is missing'], channel: ['is invalid'], colour: ['is unknown'] },
      },
      applied: 'handling=strict',
    })
    expect((await ask(path, { json: { ...SLACK, colour: 'red' }, headers })).status).toBe(400)
    expect(await snapshot(id)).toEqual([[], []])
  })

  test('a strict write of one service rejects unknown parameters of a deletion', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const before = await snapshot(id)
    const { status, body } = await ask(`${path}?force=true`, { method: 'DELETE', headers })
    expect([status, body.error]).toEqual([400, 'force is unknown'])
    expect(await snapshot(id)).toEqual(before)
  })

  test('saves what has no unknown parameter', async () => {
    const { path } = await newPlace('slack')
    const { status, headers: sent } = await ask(path, { json: SLACK, headers })
    expect([status, sent.get('Preference-Applied')]).toEqual([200, 'handling=strict'])
  })
})

/** All routes that may change something, as the app has them. */
const WRITES = [
  ...new Set(
    app.routes
      .filter(({ method }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method))
      // Pages post forms of their own, which no client of the API writes.
      .filter(({ path }) => !path.startsWith('/console'))
      .map(({ method, path }) => `${method} ${path}`),
  ),
]

/** Effect of each route without a dry run. */
const BODIES: [route: RegExp, json: (id: number) => object][] = [
  [/\/projects$/, (id) => ({ path: `never-made-${id}` })],
  [/\/projects\/:id$/, () => ({ name: 'Other' })],
  [/POST .*\/access_tokens$/, () => ({ name: 'n', scopes: ['api'] })],
  [/\/(services|integrations)$/, () => ({ services: { slack: { channel: 'new' } } })],
  [/\/apply$/, (id) => ({ services: { slack: { channel: 'new' } }, projects: { ids: [id] } })],
  [/\/test/, () => ({ parameters: { channel: 'new' } })],
  [/\/:slug/, () => ({ channel: 'new' })],
  [/\/events$/, () => ({ object_kind: 'push', ref: 'refs/heads/main', commits: [] })],
  [/\/resend$/, () => ({ destination: 'slack' })],
  [/trigger$/, () => ({ token: 'Own-Token', command: '/x', text: 'run' })],
]

describe('a dry run', () => {
  const tables = () =>
    rows<{ name: string }>("select name from sqlite_master where sql like '%project_id%' and type = 'table'")

  async function everythingOf(id: number) {
    const all = []
    for (const { name } of await tables()) all.push(await rows(`select * from "${name}" where project_id = ?`, id))
    return [...all, await rows('select * from projects where id = ? or path like ?', id, `never-made-${id}%`)]
  }

  test.each(WRITES)(
    'a dry run of %s shows what would happen, or is refused by name: nothing is done',
    async (route) => {
      const [method = '', pattern = ''] = route.split(' ')
      const { id } = await newSettings('slack', SLACK)
      await ask(`projects/${id}/services/slack-slash-commands`, { json: { token: 'Own-Token' } })
      const { id: tokenId } = await newToken(id)
      const path = pattern
        .replaceAll(/\{[^}]*\}/g, '')
        .replace(':id', String(id))
        .replace(':slug', 'slack')
        .replace(':token_id', String(tokenId))
        .replace(':trigger', 'push')
        .replace(/:\w+/, '1')
      const sent = BODIES.find(([form]) => form.test(route))?.[1](id) ?? {}
      const isEvent = path.endsWith('/events')
      const before = await everythingOf(id)
      for (const [query, more] of [
        ['?dry_run=true', {}],
        ['?dry_run=on', { dry_run: 'false' }],
        ['', { dry_run: true }],
      ] as const) {
        // The body of an event is the sender's: only the query asks for a dry run.
        if (isEvent && query === '') continue
        const { status, body } = await ask(path + query, { method, json: { ...sent, ...more } })
        if (status === 200)
          expect([route, isEvent ? Object.keys(body) : body.dry_run]).toEqual([
            route,
            isEvent ? ['kind', 'deliveries', 'skipped'] : true,
          ])
        else expect([route, status, body.errors?.dry_run]).toEqual([route, 400, ['is unknown']])
      }
      expect(await everythingOf(id)).toEqual(before)
    },
  )

  test('among the parameters of a test is refused: a test sends', async () => {
    const { path } = await newSettings('slack', SLACK)
    for (const name of ['dry_run', 'dry-run', 'prune']) {
      const { status, body } = await ask(`${path}/test`, { method: 'POST', json: { parameters: { [name]: true } } })
      expect([status, body.errors]).toEqual([400, { [name]: ['is unknown'] }])
    }
  })
})
