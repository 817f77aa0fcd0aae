import { describe, expect, test, vi } from 'vitest'
import { ask, newPlace, newProject, newSettings } from '../support/api.ts'
import { auditOf, rows, withCompetingWriter } from '../support/database.ts'
import { entriesOf, SLACK } from '../support/fixtures.ts'

const CHANNELS = 'push issue merge_request note tag_push pipeline wiki_page incident alert deployment'.split(' ')
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

describe('many writers', { timeout: 30_000 }, () => {
  test('concurrent edits of different fields are all saved', async () => {
    const { id, path, saved } = await newSettings('slack', SLACK)
    const edits = [
      ...CHANNELS.map((name) => [`${name}_channel`, `#${name}`]),
      ...['push', 'issues', 'merge_requests', 'note', 'tag_push', 'pipeline', 'wiki_page'].map((name) => [
        `${name}_events`,
        false,
      ]),
      ['username', 'bot'],
      ['branches_to_be_notified', 'all'],
      ['webhook', 'https://hooks.example.com/2'],
    ] as [string, string | boolean][]
    expect(edits).toHaveLength(20)
    const responses = await Promise.all(edits.map(([name, value]) => ask(path, { json: { [name]: value } })))
    expect(responses.map(({ status }) => status)).toEqual(edits.map(() => 200))
    const { body, headers } = await ask(`${path}?with_secrets=true`)
    expect({ ...body, ...body.properties }).toMatchObject(Object.fromEntries(edits))
    expect(headers.get('ETag')).toBe(`"${saved.id}-21"`)
    expect(new Set(responses.map((response) => response.headers.get('ETag'))).size).toBe(20)
    const fields = (await entriesOf(id)).slice(1).map(({ changes }) => JSON.parse(changes)[0].field)
    expect(fields.sort()).toEqual(edits.map(([name]) => name).sort())
  })

  test('concurrent PUTs of the same new settings create one row, and each responds 200', async () => {
    const { id, path } = await newPlace('slack')
    const responses = await Promise.all(times(10, () => ask(path, { json: { ...SLACK, username: 'bot' } })))
    expect(responses.map(({ status }) => status)).toEqual(times(10, () => 200))
    expect(new Set(responses.map(({ headers }) => headers.get('ETag'))).size).toBe(1)
    expect(await rows('select * from settings where project_id = ?', id)).toHaveLength(1)
    expect(await entriesOf(id)).toHaveLength(1)
  })

  test('many writers of concurrent creations with If-None-Match one succeeds, the others get 412', async () => {
    const { id, path } = await newPlace('slack')
    const create = (n: number) =>
      ask(path, { json: { ...SLACK, username: `bot-${n}` }, headers: { 'If-None-Match': '*' } })
    const statuses = (await Promise.all(times(10, create))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, ...times(9, () => 412)])
    expect(await entriesOf(id)).toHaveLength(1)
  })

  test('many writers of concurrent edits with one ETag one succeeds', async () => {
    const { id, path, etag } = await newSettings('slack', SLACK)
    const edit = (n: number) => ask(path, { json: { username: `bot-${n}` }, headers: { 'If-Match': etag } })
    const statuses = (await Promise.all(times(10, edit))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([200, ...times(9, () => 412)])
    expect(await entriesOf(id)).toHaveLength(2)
  })

  test('many writers of concurrent deletions of one row one succeeds', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const statuses = (await Promise.all(times(5, () => ask(path, { method: 'DELETE' })))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([204, 404, 404, 404, 404])
    expect(await entriesOf(id)).toHaveLength(2)
  })

  test('concurrent creations of one project create it once', async () => {
    const json = { path: 'contended', namespace_path: 'tests' }
    const responses = await Promise.all(times(5, () => ask('projects', { method: 'POST', json })))
    expect(responses.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400])
    expect(
      await rows("select * from audit where action = 'project.created' and changes like '%tests/contended%'"),
    ).toHaveLength(1)
  })

  test('concurrent edits of one project are all saved', async () => {
    const { id } = await newProject()
    const json = { description: 'new', default_branch: 'trunk', name: 'Name' }
    const responses = await Promise.all(
      Object.entries(json).map(([name, value]) => ask(`projects/${id}`, { json: { [name]: value } })),
    )
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await ask(`projects/${id}`)).body).toMatchObject(json)
  })

  test('150 concurrent edits of one row are all saved, without a 503', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const responses = await Promise.all(times(150, (n) => ask(path, { json: { username: `bot-${n}` } })))
    expect(responses.filter(({ status }) => status !== 200)).toEqual([])
    expect(await entriesOf(id)).toHaveLength(151)
  }, 60_000)

  test('concurrent edits that undo each other leave one audit entry for each version', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    await Promise.all(times(20, (n) => ask(path, { json: { username: `bot-${n % 2}` } })))
    const [row] = await rows<{ version: number }>('select version from settings where project_id = ?', id)
    expect(await entriesOf(id)).toHaveLength(row?.version ?? 0)
  })
})

describe('a writer who is overtaken', () => {
  test('a PUT that conflicts with an edit merges again', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const { DB } = withCompetingWriter(() => ask(path, { json: { channel: '#rival', username: 'rival' } }))
    const { status, body } = await ask(path, { json: { username: 'mine' }, env: { DB } })
    expect([status, body.properties]).toEqual([200, expect.objectContaining({ channel: '#rival', username: 'mine' })])
    expect(await entriesOf(id)).toHaveLength(3)
  })

  test('a PUT that another request made meanwhile changes nothing more', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const json = { username: 'same' }
    const { DB, trips } = withCompetingWriter(() => ask(path, { json }))
    expect((await ask(path, { json, env: { DB } })).body.properties.username).toBe('same')
    expect(trips).toHaveLength(2)
    expect(await entriesOf(id)).toHaveLength(2)
  })

  test('a PUT does not keep the old secret for an endpoint that moved meanwhile', async () => {
    const json = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: 'Old-Pass' }
    const { path } = await newSettings('jenkins', json)
    const { DB } = withCompetingWriter(() => ask(path, { json: { jenkins_url: 'https://evil.example.com' } }))
    const { body } = await ask(path, { json: { project_name: 'b' }, env: { DB } })
    expect(body.properties).toMatchObject({ jenkins_url: 'https://evil.example.com', project_name: 'b' })
    expect((await ask(`${path}?with_secrets=true`)).body.properties.password).toBeNull()
  })

  test('a PUT edits the row that another request created meanwhile', async () => {
    const { id, path } = await newPlace('slack')
    const { DB } = withCompetingWriter(() => ask(path, { json: { ...SLACK, channel: '#rival' } }))
    const { status, body } = await ask(path, { json: { ...SLACK, username: 'mine' }, env: { DB } })
    expect([status, body.properties]).toEqual([200, expect.objectContaining({ channel: '#rival', username: 'mine' })])
    expect(await rows('select * from settings where project_id = ?', id)).toHaveLength(1)
  })

  test.each([
    ['PUT', {}, 400, { error: 'webhook is missing', errors: { webhook: ['is missing'] } }],
    ['PATCH', {}, 404, { message: '404 Service Not Found' }],
    ['PUT', { 'If-Match': '*' }, 400, { error: 'webhook is missing', errors: { webhook: ['is missing'] } }],
    ['DELETE', {}, 404, { message: '404 Service Not Found' }],
  ])('a %s that conflicts with a deletion does not restore the row: %j', async (method, headers, status, body) => {
    const { id, path } = await newSettings('slack', SLACK)
    const { DB } = withCompetingWriter(() => ask(path, { method: 'DELETE' }))
    const response = await ask(path, {
      method,
      json: { username: 'mine' },
      headers: headers as Record<string, string>,
      env: { DB },
    })
    expect({ status: response.status, body: response.body }).toEqual({ status, body })
    expect(await rows('select * from settings where project_id = ?', id)).toEqual([])
    expect((await entriesOf(id)).map(({ action }) => action)).toEqual(['settings.created', 'settings.deleted'])
  })

  test('a PUT after a concurrent deletion creates the row without the old values', async () => {
    const { path, saved } = await newSettings('slack', { ...SLACK, channel: '#old', push_events: false })
    const { DB } = withCompetingWriter(() => ask(path, { method: 'DELETE' }))
    const { status, body } = await ask(path, { json: { ...SLACK, username: 'mine' }, env: { DB } })
    expect([status, body.id > saved.id, body.push_events, body.properties.channel]).toEqual([200, true, true, null])
  })

  test('a PUT does not mistake a row created anew for the deleted one', async () => {
    const { path, saved, etag } = await newSettings('slack', SLACK)
    const replace = async () => {
      await ask(path, { method: 'DELETE' })
      await ask(path, { json: { ...SLACK, username: 'rival' } })
    }
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { DB } = withCompetingWriter(replace)
      const sent = { method, headers: { 'If-Match': etag }, json: { username: 'mine' } }
      expect((await ask(path, { ...sent, env: { DB } })).status).toBe(412)
    }
    const { body } = await ask(path)
    expect([body.id > saved.id, body.properties.username]).toEqual([true, 'rival'])
  })

  test('a PUT with a precondition responds 412 on a conflict, and does not merge', async () => {
    const { path, etag } = await newSettings('slack', SLACK)
    const { DB } = withCompetingWriter(() => ask(path, { json: { username: 'rival' } }))
    const sent = { headers: { 'If-Match': etag }, json: { channel: '#mine' } }
    expect((await ask(path, { ...sent, env: { DB } })).status).toBe(412)
    expect((await ask(path)).body.properties).toMatchObject({ username: 'rival', channel: null })
  })

  test('a PUT to a project deleted meanwhile leaves no row behind', async () => {
    const { id, path } = await newPlace('slack')
    const { DB } = withCompetingWriter(() => ask(`projects/${id}`, { method: 'DELETE' }))
    const { status } = await ask(path, { json: SLACK, env: { DB } })
    expect([404, 503]).toContain(status)
    expect(await rows('select * from settings where project_id = ?', id)).toEqual([])
    expect(await entriesOf(id)).toEqual([])
  })

  test('a PUT responds 503 with Retry-After after too many conflicts', async () => {
    const { path, saved } = await newSettings('slack', SLACK)
    const { DB, trips } = withCompetingWriter(
      () => rows('update settings set version = version + 1 where id = ?', saved.id),
      true,
    )
    const { status, body, headers } = await ask(path, { json: { username: 'mine' }, env: { DB } })
    expect({ status, body }).toEqual({ status: 503, body: { message: '503 Service Unavailable' } })
    expect(headers.get('Retry-After')).toBe('1')
    // The first read, 50 tries, and a read before each of them from the third on.
    expect(trips).toHaveLength(1 + 50 + 48)
  }, 20_000)
})

describe('a write that fails half way', () => {
  test.each(['insert into "audit"', 'update "settings"'])(
    'a write that fails at %s leaves no row behind',
    async (where) => {
      const { id, path } = await newSettings('slack', SLACK)
      const before = [await rows('select * from settings where project_id = ?', id), await auditOf(id)]
      const table = where.split('"')[1]
      const event = where.startsWith('insert') ? 'insert' : 'update'
      await rows(`create trigger broken before ${event} on ${table} begin select raise(abort, 'broken'); end`)
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const { status } = await ask(path, { json: { username: 'mine' } })
      log.mockRestore()
      await rows('drop trigger broken')
      expect(status).toBeGreaterThanOrEqual(500)
      expect([await rows('select * from settings where project_id = ?', id), await auditOf(id)]).toEqual(before)
    },
  )
})
