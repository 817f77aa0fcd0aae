import { describe, expect, test, vi } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { faulty, LOST } from '../faults/faulty.ts'
import { ask, type Call, newProject } from '../support/api.ts'
import { rows, spyOnDatabase, withCompetingWriter } from '../support/database.ts'
import { ASANA, entriesOf, JENKINS, SLACK, savedIn, snapshot } from '../support/fixtures.ts'
import { fullSet, requiredSet } from '../support/samples.ts'

const bySlug = (make: (service: (typeof services)[number]) => object) =>
  Object.fromEntries(services.map((service) => [service.slug, make(service)]))

async function newPlan(saved: Record<string, object> = {}) {
  const { id } = await newProject()
  const list = `projects/${id}/services`
  for (const [slug, json] of Object.entries(saved)) expect((await ask(`${list}/${slug}`, { json })).status).toBe(200)
  const apply = (wanted: object, options: Call = {}) =>
    ask(list, { method: 'PUT', ...options, json: { services: wanted } })
  return { id, list, apply }
}

const actions = ({ body }: { body: { changes: { slug: string; action: string }[] } }) =>
  Object.fromEntries(body.changes.map(({ slug, action }) => [slug, action]))

describe('a plan of every service there is', () => {
  test('a plan of all services takes two trips to D1 and few statements', async () => {
    const { id, list, apply } = await newPlan()
    const counts = async (send: (DB: D1Database) => Promise<{ status: number; body: { summary: object } }>) => {
      const { DB, trips } = spyOnDatabase()
      const { status, body } = await send(DB)
      return { status, trips: trips.length, statements: trips.at(-1)?.length, ...body.summary }
    }
    const none = { create: 0, change: 0, unchanged: 0, delete: 0 }
    const all = services.length
    expect(await counts((DB) => apply(bySlug(fullSet), { env: { DB } }))).toEqual({
      ...none,
      status: 200,
      trips: 2,
      statements: 2,
      create: all,
    })
    expect(await savedIn(id)).toHaveLength(all)
    const off = bySlug(() => ({ active: false }))
    expect(await counts((DB) => apply(off, { env: { DB } }))).toEqual({
      ...none,
      status: 200,
      trips: 2,
      statements: 2,
      change: all,
    })
    expect((await savedIn(id)).every(({ active, version }) => active === 0 && version === 2)).toBe(true)
    const nothing = { method: 'PUT', json: { services: {}, prune: true } }
    expect(await counts((DB) => ask(list, { ...nothing, env: { DB } }))).toEqual({
      ...none,
      status: 200,
      trips: 2,
      statements: 2,
      delete: all,
    })
    expect(await savedIn(id)).toEqual([])
    expect(await entriesOf(id)).toHaveLength(3 * all)
  })

  test('a plan that is applied again writes no row and no audit entry, and takes one trip', async () => {
    const { id, apply } = await newPlan()
    await apply(bySlug(fullSet))
    const before = await snapshot(id)
    const { DB, trips } = spyOnDatabase()
    const again = await apply(bySlug(fullSet), { env: { DB } })
    expect(Object.values(actions(again)).every((action) => action === 'unchanged')).toBe(true)
    expect(trips).toHaveLength(1)
    expect(await snapshot(id)).toEqual(before)
  })

  test('a plan saves and records what a PUT of each service would', async () => {
    const [one, other] = [await newPlan(), await newPlan()]
    for (const make of [requiredSet, fullSet]) {
      for (const service of services) await ask(`${one.list}/${service.slug}`, { json: make(service) })
      expect((await other.apply(bySlug(make))).status).toBe(200)
    }
    const secrets = async ({ list }: { list: string }) =>
      (await ask(`${list}?with_secrets=true&active=all`)).body
        .map(({ id, created_at, updated_at, secrets, ...rest }: Record<string, unknown>) => rest)
        .sort((a: { slug: string }, b: { slug: string }) => (a.slug < b.slug ? -1 : 1))
    expect(await secrets(other)).toEqual(await secrets(one))
    const columns = async ({ id }: { id: number }) =>
      (await savedIn(id)).map(({ slug, version, active, flags, params, key_id }) => [
        slug,
        version,
        active,
        flags,
        params,
        key_id,
      ])
    expect(await columns(other)).toEqual(await columns(one))
    const entries = async ({ id }: { id: number }) =>
      (await entriesOf(id)).map(({ action, subject, changes }) => [action, subject, changes].join(' ')).sort()
    expect(await entries(other)).toEqual(await entries(one))
  })

  test('a plan with more values than D1 binds at once is one transaction', async () => {
    const { id, apply } = await newPlan()
    const channels = (n: number) => Object.fromEntries(CHANNELS.map((name) => [name, `${n}`.repeat(4096)]))
    const lines = (n: number) => `${n}`.repeat(65_536)
    const wanted = (n: number) => ({
      ...Object.fromEntries(CHATS.map((slug) => [slug, { ...SLACK, ...channels(n) }])),
      'pipelines-email': { recipients: lines(n) },
      'emails-on-push': { recipients: lines(n) },
      datadog: { api_key: 'Own-Key', datadog_tags: lines(n) },
      prometheus: { api_url: 'https://p.example.com', google_iap_service_account_json: lines(n) },
      'google-play': { package_name: 'a.b', service_account_key_file_name: 'a', service_account_key: lines(n) },
    })
    const all = Object.keys(wanted(1)).length
    const send = async (n: number) => {
      const { DB, trips } = spyOnDatabase()
      const { status, body } = await apply(wanted(n), { env: { DB } })
      const sizes = trips.at(-1)?.flatMap(({ values }) => values.map((value) => String(value).length)) ?? []
      return { status, ...body.summary, trips: trips.length, isSplit: sizes.length > 0 && Math.max(...sizes) < 650_000 }
    }
    expect(await send(1)).toMatchObject({ status: 200, create: all, trips: 2, isSplit: true })
    expect(await send(2)).toMatchObject({ status: 200, change: all, trips: 2, isSplit: true })
    expect(await send(2)).toMatchObject({ status: 200, unchanged: all, trips: 1 })
    expect(await savedIn(id)).toHaveLength(all)
    expect(await entriesOf(id)).toHaveLength(2 * all)
  })
})

const CHATS = ['slack', 'mattermost', 'gitlab-slack-application']
const CHANNELS = 'push_channel issue_channel merge_request_channel note_channel tag_push_channel pipeline_channel'
  .split(' ')
  .concat('wiki_page_channel', 'channel', 'username')

describe('all of a plan lands, or nothing', () => {
  test('a plan with one invalid service saves nothing', async () => {
    const { id, apply } = await newPlan({ slack: SLACK })
    const before = await snapshot(id)
    const wanted = { ...bySlug(fullSet), slack: { username: 'bot' }, jenkins: { ...JENKINS, jenkins_url: 'no URL' } }
    const { status, body } = await apply(wanted)
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: { 'jenkins.jenkins_url': ['must be a valid URL'] },
    })
    expect(await snapshot(id)).toEqual(before)
  })

  test.each(['insert on audit', 'insert on settings', 'update on settings', 'delete on settings'])(
    'all of a plan lands, or nothing where the database refuses an %s half way',
    async (event) => {
      const { id, list } = await newPlan({ slack: SLACK, asana: ASANA })
      const before = await snapshot(id)
      await rows(`create trigger broken before ${event} begin select raise(abort, 'broken'); end`)
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const json = { services: { slack: { username: 'bot' }, jenkins: JENKINS }, prune: true }
      const { status } = await ask(list, { method: 'PUT', json })
      log.mockRestore()
      await rows('drop trigger broken')
      expect(status).toBe(503)
      expect(await snapshot(id)).toEqual(before)
    },
  )

  test('a plan saves nothing after too many conflicts, and responds 503', async () => {
    const { id, apply } = await newPlan({ slack: SLACK })
    const bump = () => rows('update settings set version = version + 1 where project_id = ?', id)
    const { DB, trips } = withCompetingWriter(bump, true)
    const { status, headers } = await apply({ slack: { username: 'mine' }, asana: ASANA }, { env: { DB } })
    expect([status, headers.get('Retry-After')]).toEqual([503, '1'])
    expect(trips).toHaveLength(1 + 2 * 50 + 48)
    expect((await savedIn(id)).map(({ slug }) => slug)).toEqual(['slack'])
    expect(await entriesOf(id)).toHaveLength(1)
  }, 20_000)
})

describe('a plan that is overtaken', () => {
  const overtaken = async (
    saved: Record<string, object>,
    wanted: object,
    interfere: (list: string) => Promise<unknown>,
    body: object = {},
  ) => {
    const { id, list } = await newPlan(saved)
    const { DB, trips } = withCompetingWriter(() => interfere(list))
    const response = await ask(list, { method: 'PUT', json: { services: wanted, ...body }, env: { DB } })
    const properties = Object.fromEntries(
      (await ask(`${list}?active=all&with_secrets=true`)).body.map(
        (one: { slug: string; active: boolean; properties: object }) => [one.slug, one.properties],
      ),
    )
    return { id, list, ...response, trips: trips.length, properties }
  }

  test('a plan that conflicts with an edit of its row merges again, and loses neither', async () => {
    const { status, trips, properties } = await overtaken(
      { slack: SLACK },
      { slack: { username: 'mine' }, asana: ASANA },
      (list) => ask(`${list}/slack`, { json: { channel: '#rival', username: 'rival' } }),
    )
    expect({ status, trips }).toEqual({ status: 200, trips: 4 })
    expect(properties.slack).toMatchObject({ channel: '#rival', username: 'mine' })
    expect(properties.asana).toMatchObject(ASANA)
  })

  test('a plan restores a row that an edit changed from the desired state meanwhile', async () => {
    const response = await overtaken(
      { slack: { ...SLACK, username: 'a' } },
      { slack: { username: 'a' }, asana: ASANA },
      (list) => ask(`${list}/slack`, { json: { username: 'rival' } }),
    )
    expect(actions(response)).toEqual({ slack: 'change', asana: 'create' })
    expect(response.properties.slack.username).toBe('a')
  })

  test('a plan edits a row that another request created meanwhile', async () => {
    const response = await overtaken({}, { slack: { ...SLACK, username: 'mine' }, asana: ASANA }, (list) =>
      ask(`${list}/slack`, { json: { ...SLACK, channel: '#rival' } }),
    )
    expect(actions(response)).toEqual({ slack: 'change', asana: 'create' })
    expect(response.properties.slack).toMatchObject({ channel: '#rival', username: 'mine' })
    expect((await savedIn(response.id)).map(({ version }) => version)).toEqual([1, 2])
  })

  test('a plan that needs the secrets of a row deleted meanwhile is refused as a whole', async () => {
    const { id, status, body } = await overtaken(
      { slack: SLACK },
      { slack: { username: 'mine' }, asana: ASANA },
      (list) => ask(`${list}/slack`, { method: 'DELETE' }),
    )
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: { 'slack.webhook': ['is missing'] } })
    expect(await savedIn(id)).toEqual([])
  })

  test('a plan does not mistake a row created anew for the deleted one', async () => {
    const response = await overtaken({ asana: ASANA }, { asana: { restrict_to_branch: 'b' } }, async (list) => {
      await ask(`${list}/asana`, { method: 'DELETE' })
      await ask(`${list}/asana`, { json: { api_key: 'Rival-Key' } })
    })
    expect([response.status, response.trips]).toEqual([200, 4])
    expect(response.properties.asana).toEqual({ api_key: 'Rival-Key', restrict_to_branch: 'b' })
  })

  test('a plan does not keep the old secret for an endpoint that moved meanwhile', async () => {
    const { properties } = await overtaken({ jenkins: JENKINS }, { jenkins: { project_name: 'b' } }, (list) =>
      ask(`${list}/jenkins`, { json: { jenkins_url: 'https://evil.example.com' } }),
    )
    expect(properties.jenkins).toMatchObject({
      jenkins_url: 'https://evil.example.com',
      project_name: 'b',
      password: null,
    })
  })

  test('a write to a service that a plan does not name causes no conflict', async () => {
    const { trips, properties } = await overtaken({ slack: SLACK }, { slack: { username: 'mine' } }, (list) =>
      ask(`${list}/asana`, { json: ASANA }),
    )
    expect(trips).toBe(2)
    expect(Object.keys(properties).sort()).toEqual(['asana', 'slack'])
  })

  test('a pruning plan deletes a row that another request created meanwhile', async () => {
    const response = await overtaken(
      { slack: SLACK },
      { slack: { username: 'mine' } },
      (list) => ask(`${list}/asana`, { json: ASANA }),
      { prune: true },
    )
    expect(actions(response)).toEqual({ slack: 'change', asana: 'delete' })
    expect(Object.keys(response.properties)).toEqual(['slack'])
  })

  test('a plan that another request applied meanwhile changes nothing more', async () => {
    const wanted = { slack: { ...SLACK, username: 'mine' }, asana: ASANA }
    const response = await overtaken({}, wanted, (list) => ask(list, { method: 'PUT', json: { services: wanted } }))
    expect([response.trips, actions(response)]).toEqual([3, { slack: 'unchanged', asana: 'unchanged' }])
    expect(await entriesOf(response.id)).toHaveLength(2)
  })

  test.each([{}, { slack: SLACK }])(
    'a plan for a project deleted meanwhile leaves no row behind: %j',
    async (saved) => {
      const { id, list } = await newPlan(saved)
      const { DB } = withCompetingWriter(() => ask(`projects/${id}`, { method: 'DELETE' }))
      const json = { services: { slack: SLACK, asana: ASANA } }
      const { status, body } = await ask(list, { method: 'PUT', json, env: { DB } })
      expect({ status, body }).toEqual({ status: 404, body: { message: '404 Project Not Found' } })
      expect(await savedIn(id)).toEqual([])
      expect(await entriesOf(id)).toHaveLength(Object.keys(saved).length)
    },
  )
})

describe('many plans at once', () => {
  test('concurrent plans are each saved as a whole, beside edits of single services', async () => {
    const { id, list, apply } = await newPlan({ slack: SLACK, asana: ASANA })
    const names = CHANNELS.slice(0, 6)
    const plans = names.map((name) => apply({ slack: { [name]: '#plan' }, asana: { restrict_to_branch: name } }))
    const edits = ['wiki_page_channel', 'channel'].map((name) => ask(`${list}/slack`, { json: { [name]: '#edit' } }))
    const responses = await Promise.all([...plans, ...edits])
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    const [asana, slack] = await savedIn(id)
    expect(JSON.parse(String(slack?.params))).toMatchObject({
      ...Object.fromEntries(names.map((name) => [name, '#plan'])),
      wiki_page_channel: '#edit',
      channel: '#edit',
    })
    const entries = await entriesOf(id)
    expect(entries.filter(({ subject }) => subject === 'slack')).toHaveLength(Number(slack?.version))
    expect(entries.filter(({ subject }) => subject === 'asana')).toHaveLength(Number(asana?.version))
    const requests = entries.filter(({ action }) => action === 'settings.updated').map((entry) => entry.request_id)
    expect(new Set(requests).size).toBe(names.length + 2)
  })
})

describe('a plan that landed while the word of it was lost', () => {
  test('a plan whose response from D1 is lost is recognised, and not applied twice', async () => {
    const { id, list } = await newPlan({ slack: SLACK, jenkins: JENKINS })
    const json = { services: { slack: { username: 'mine' }, asana: ASANA }, prune: true }
    const { DB } = faulty((n) => (n === 1 ? { moment: 'after', error: LOST } : undefined))
    const response = await ask(list, { method: 'PUT', json, env: { DB } })
    expect([response.status, actions(response)]).toEqual([200, { slack: 'change', asana: 'create', jenkins: 'delete' }])
    expect((await savedIn(id)).map(({ slug, version }) => [slug, version])).toEqual([
      ['asana', 1],
      ['slack', 2],
    ])
    expect(await entriesOf(id)).toHaveLength(5)
  })
})
