import { describe, expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { type Answer, ask, newProject } from '../support/api.ts'
import { dump, spyOnDatabase } from '../support/database.ts'
import { ASANA, entriesOf, JENKINS, SLACK, savedIn, snapshot } from '../support/fixtures.ts'
import { bySlug, NONE, newList, putPlan } from '../support/plans.ts'
import { fullSet } from '../support/samples.ts'

describe('a plan', () => {
  test('a dry run lists each change by field, and writes nothing', async () => {
    const { id, list } = await newList({ slack: { ...SLACK, username: 'old' }, asana: ASANA, jenkins: JENKINS })
    const before = await snapshot(id)
    const wanted = {
      slack: { webhook: 'https://hooks.example.com/2', username: 'new', push_events: false },
      asana: ASANA,
      'external-wiki': { external_wiki_url: 'https://wiki.example.com' },
    }
    const { DB, trips } = spyOnDatabase()
    const { status, body } = await putPlan(`${list}?dry_run=true`, wanted, { prune: true }, { env: { DB } })
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        dry_run: true,
        changes: [
          {
            slug: 'slack',
            action: 'change',
            fields: [
              { field: 'push_events', from: true, to: false },
              { field: 'username', from: 'old', to: 'new' },
              { field: 'webhook', secret: 'changed' },
            ],
          },
          { slug: 'asana', action: 'unchanged', fields: [{ field: 'api_key', secret: 'unchanged' }] },
          {
            slug: 'external-wiki',
            action: 'create',
            fields: [
              { field: 'active', from: false, to: true },
              { field: 'external_wiki_url', from: null, to: 'https://wiki.example.com' },
            ],
          },
          {
            slug: 'jenkins',
            action: 'delete',
            fields: [
              { field: 'active', from: true, to: false },
              { field: 'jenkins_url', from: 'https://ci.example.com', to: null },
              { field: 'project_name', from: 'a', to: null },
              { field: 'enable_ssl_verification', from: true, to: null },
              { field: 'password', secret: 'dropped' },
            ],
          },
        ],
        summary: { create: 1, change: 1, unchanged: 1, delete: 1 },
      },
    })
    expect(trips).toHaveLength(1)
    expect(await snapshot(id)).toEqual(before)
  })

  test('an applied plan responds as its dry run did', async () => {
    const { id, list } = await newList({ slack: SLACK, jenkins: JENKINS })
    const wanted = { slack: { username: 'bot' }, asana: ASANA }
    const dry = await putPlan(list, wanted, { dry_run: true, prune: true })
    const done = await putPlan(list, wanted, { prune: true })
    expect(done.body).toEqual({ ...dry.body, dry_run: false })
    expect((await savedIn(id)).map(({ slug, version }) => [slug, version])).toEqual([
      ['asana', 1],
      ['slack', 2],
    ])
    const entries = (await entriesOf(id)).slice(2)
    expect(entries.map(({ action, subject }) => [action, subject])).toEqual([
      ['settings.updated', 'slack'],
      ['settings.created', 'asana'],
      ['settings.deleted', 'jenkins'],
    ])
    expect(new Set(entries.map(({ request_id }) => request_id)).size).toBe(1)
  })

  test('a plan keeps parameters that it omits and services that it does not name', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'bot', push_events: false }, jenkins: JENKINS })
    await putPlan(list, { slack: { channel: '#a' } })
    const { body } = await ask(`${list}/slack?with_secrets=true`)
    expect(body).toMatchObject({ push_events: false, properties: { ...SLACK, username: 'bot', channel: '#a' } })
    expect((await ask(`${list}/jenkins`)).status).toBe(200)
  })

  test('a plan clears blank parameters, and activates services unless active is false', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'bot', active: false } })
    expect((await ask(`${list}/slack`)).body.active).toBe(false)
    await putPlan(list, { slack: { username: null } })
    expect((await ask(`${list}/slack`)).body).toMatchObject({ active: true, properties: { username: null } })
  })

  test('a plan says changed or unchanged of each secret that is sent, and gives no value', async () => {
    const secrets = (n: number) =>
      bySlug((service) => {
        const values = fullSet(service, n)
        for (const { name, secret, address } of service.params)
          if (secret && !address) values[name] = `Sentinel-${n}-${service.slug}-${name}`
        return values
      })
    const named = services.flatMap(({ params }) => params.filter(({ secret }) => secret)).length
    const { list } = await newList()
    const told = (response: Answer, word: string) =>
      response.body.changes.flatMap(({ fields }: { fields: { secret?: string }[] }) =>
        fields.filter(({ secret }) => secret === word),
      )
    const responses = [
      await putPlan(list, secrets(1), { dry_run: true }),
      await putPlan(list, secrets(1)),
      await putPlan(list, secrets(1)),
      await putPlan(list, secrets(2)),
      await putPlan(list, {}, { prune: true }),
    ]
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    const words = ['changed', 'unchanged', 'dropped']
    expect(responses.map((response) => words.map((word) => told(response, word).length))).toEqual([
      [named, 0, 0],
      [named, 0, 0],
      [0, named, 0],
      [named, 0, 0],
      [0, 0, named],
    ])
    await putPlan(list, secrets(3))
    expect(JSON.stringify(responses.map(({ body }) => body))).not.toMatch(/Sentinel-/)
    expect((await dump('audit')) + (await dump('settings'))).not.toMatch(/Sentinel-/)
  })

  test('a plan tells of a secret that is dropped because its endpoint moves', async () => {
    const { list } = await newList({ jenkins: JENKINS })
    const { body } = await putPlan(list, { jenkins: { jenkins_url: 'https://other.example.com' } }, { dry_run: true })
    expect(body.changes[0].fields).toEqual([
      { field: 'jenkins_url', from: 'https://ci.example.com', to: 'https://other.example.com' },
      { field: 'password', secret: 'dropped' },
    ])
  })

  test('a plan shows no credentials of an address', async () => {
    const { list } = await newList()
    const wanted = { 'external-wiki': { external_wiki_url: 'https://wiki.example.com/?token=Own-Token' } }
    expect(JSON.stringify((await putPlan(list, wanted)).body)).not.toMatch(/Own-Token/)
  })

  test('an empty plan changes nothing', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await putPlan(list, {})
    expect({ status, body }).toEqual({ status: 200, body: { dry_run: false, changes: [], summary: NONE } })
  })

  test('a plan changes ETags as single requests do', async () => {
    const { list } = await newList({ slack: SLACK })
    const etag = async () => (await ask(`${list}/slack`)).headers.get('ETag')
    const first = await etag()
    await putPlan(list, { slack: SLACK })
    expect(await etag()).toBe(first)
    await putPlan(list, { slack: { username: 'bot' } })
    expect(await etag()).toBe(first?.replace(/-1"$/, '-2"'))
  })

  test.each(['services', 'integrations'])(
    'a plan is taken at both names, with and without /api/v4: %s',
    async (name) => {
      const { id } = await newProject()
      for (const prefix of ['', '/'])
        expect((await putPlan(`${prefix}projects/${id}/${name}`, { slack: SLACK })).status).toBe(200)
      const { path } = await newProject()
      expect(
        (await putPlan(`projects/${encodeURIComponent(path)}/${name}`, { slack: SLACK })).body.summary.create,
      ).toBe(1)
    },
  )

  test('a plan lists parameters that its services do not have, in its body and in a header', async () => {
    const { list } = await newList()
    const { headers, body } = await putPlan(list, { slack: { ...SLACK, colour: 'red', 'stray[x]': 1 }, asana: ASANA })
    expect(headers.get('X-Ignored-Parameters')).toBe('slack.colour,slack.stray')
    expect(body.ignored).toEqual(['slack.colour', 'slack.stray'])
  })

  test('pruning keeps services that this deployment does not offer', async () => {
    const mock = { 'mock-ci': { mock_service_url: 'https://mock.example.com' } }
    const { id, list } = await newList({ ...mock, slack: SLACK })
    const ENVIRONMENT = 'production'
    const { body } = await putPlan(list, {}, { prune: true }, { env: { ENVIRONMENT } })
    expect(body.summary).toEqual({ ...NONE, delete: 1 })
    expect((await savedIn(id)).map(({ slug }) => slug)).toEqual(['mock-ci'])
    expect((await putPlan(list, mock, {}, { env: { ENVIRONMENT } })).status).toBe(400)
  })
})

describe('a PATCH of many services', () => {
  test('a PATCH of many services creates none, and keeps `active`', async () => {
    const { id, list } = await newList({ slack: { ...SLACK, active: false } })
    const wanted = { slack: { username: 'bot' }, asana: ASANA }
    const { status, body } = await putPlan(list, wanted, {}, { method: 'PATCH' })
    expect({ status, summary: body.summary }).toEqual({ status: 200, summary: { ...NONE, change: 1, absent: 1 } })
    expect((await savedIn(id)).map(({ slug, active }) => [slug, active])).toEqual([['slack', 0]])
  })

  test('a PATCH of many services does not prune', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await putPlan(list, {}, { prune: true }, { method: 'PATCH' })
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: { prune: ['needs a PUT'] } })
  })
})
