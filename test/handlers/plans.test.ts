import { beforeAll, describe, expect, test, vi } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { type Answer, ask, type Call, call, newProject, newToken } from '../support/api.ts'
import { auditOf, dump, rows, tap } from '../support/database.ts'
import { fullSet, requiredSet } from '../support/samples.ts'

const SLACK = { webhook: 'https://hooks.example.com/1' }
const ASANA = { api_key: 'Own-Key' }
const JENKINS = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: 'Own-Pass' }
const YAML = { 'Content-Type': 'application/yaml' }
const NONE = { create: 0, change: 0, unchanged: 0, delete: 0 }

const bySlug = (make: (service: (typeof services)[number]) => object) =>
  Object.fromEntries(services.map((service) => [service.slug, make(service)]))

async function newList(saved: Record<string, object> = {}) {
  const { id } = await newProject()
  const list = `projects/${id}/services`
  if (Object.keys(saved).length > 0) expect((await put(list, saved)).status).toBe(200)
  return { id, list }
}

function put(list: string, wanted: object, body: object = {}, options: Call = {}): Promise<Answer> {
  return ask(list, { method: 'PUT', ...options, json: { services: wanted, ...body } })
}

const putYaml = (list: string, body: BodyInit, type = 'application/yaml') =>
  ask(list, { method: 'PUT', headers: { 'Content-Type': type }, body })

const savedIn = (id: number) => rows('select * from settings where project_id = ? order by slug', id)
const entriesOf = async (id: number) => (await auditOf(id)).filter(({ action }) => action.startsWith('settings.'))
const snapshot = async (id: number) => [await savedIn(id), await entriesOf(id)]
const exported = async (list: string, accept?: string) => {
  const response = await call(`${list}?export=true`, accept ? { headers: { Accept: accept } } : {})
  return { type: response.headers.get('Content-Type'), text: await response.text() }
}

describe('a plan', () => {
  test('tells field by field what it would do, and does nothing', async () => {
    const { id, list } = await newList({ slack: { ...SLACK, username: 'old' }, asana: ASANA, jenkins: JENKINS })
    const before = await snapshot(id)
    const wanted = {
      slack: { webhook: 'https://hooks.example.com/2', username: 'new', push_events: false },
      asana: ASANA,
      'external-wiki': { external_wiki_url: 'https://wiki.example.com' },
    }
    const { DB, trips } = tap()
    const { status, body } = await put(`${list}?dry_run=true`, wanted, { prune: true }, { env: { DB } })
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
              { field: 'password', secret: 'changed' },
            ],
          },
        ],
        summary: { create: 1, change: 1, unchanged: 1, delete: 1 },
      },
    })
    expect(trips).toHaveLength(1)
    expect(await snapshot(id)).toEqual(before)
  })

  test('answers the same when it is applied, and does it', async () => {
    const { id, list } = await newList({ slack: SLACK, jenkins: JENKINS })
    const wanted = { slack: { username: 'bot' }, asana: ASANA }
    const dry = await put(list, wanted, { dry_run: true, prune: true })
    const done = await put(list, wanted, { prune: true })
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

  test('keeps what it omits, and what it does not name', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'bot', push_events: false }, jenkins: JENKINS })
    await put(list, { slack: { channel: '#a' } })
    const { body } = await ask(`${list}/slack?with_secrets=true`)
    expect(body).toMatchObject({ push_events: false, properties: { ...SLACK, username: 'bot', channel: '#a' } })
    expect((await ask(`${list}/jenkins`)).status).toBe(200)
  })

  test('clears what is blank, and switches on what it does not say is off', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'bot', active: false } })
    expect((await ask(`${list}/slack`)).body.active).toBe(false)
    await put(list, { slack: { username: null } })
    expect((await ask(`${list}/slack`)).body).toMatchObject({ active: true, properties: { username: null } })
  })

  test('says changed or unchanged of each secret that is sent, and gives no value', async () => {
    const secrets = (n: number) =>
      bySlug((service) => {
        const values = fullSet(service, n)
        for (const { name, secret, address } of service.params)
          if (secret && !address) values[name] = `Sentinel-${n}-${service.slug}-${name}`
        return values
      })
    const named = services.flatMap(({ params }) => params.filter(({ secret }) => secret)).length
    const { list } = await newList()
    const told = (answer: Answer, word: string) =>
      answer.body.changes.flatMap(({ fields }: { fields: { secret?: string }[] }) =>
        fields.filter(({ secret }) => secret === word),
      )
    const answers = [
      await put(list, secrets(1), { dry_run: true }),
      await put(list, secrets(1)),
      await put(list, secrets(1)),
      await put(list, secrets(2)),
      await put(list, {}, { prune: true }),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(answers.map((answer) => [told(answer, 'changed').length, told(answer, 'unchanged').length])).toEqual([
      [named, 0],
      [named, 0],
      [0, named],
      [named, 0],
      [named, 0],
    ])
    await put(list, secrets(3))
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toMatch(/Sentinel-/)
    expect((await dump('audit')) + (await dump('settings'))).not.toMatch(/Sentinel-/)
  })

  test('tells of a secret that is dropped because its endpoint moves', async () => {
    const { list } = await newList({ jenkins: JENKINS })
    const { body } = await put(list, { jenkins: { jenkins_url: 'https://other.example.com' } }, { dry_run: true })
    expect(body.changes[0].fields).toEqual([
      { field: 'jenkins_url', from: 'https://ci.example.com', to: 'https://other.example.com' },
      { field: 'password', secret: 'changed' },
    ])
  })

  test('blanks credentials in addresses', async () => {
    const { list } = await newList()
    const wanted = { 'external-wiki': { external_wiki_url: 'https://wiki.example.com/?token=Own-Token' } }
    expect(JSON.stringify((await put(list, wanted)).body)).not.toMatch(/Own-Token/)
  })

  test('of nothing does nothing', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await put(list, {})
    expect({ status, body }).toEqual({ status: 200, body: { dry_run: false, changes: [], summary: NONE } })
  })

  test('moves ETags as single requests do', async () => {
    const { list } = await newList({ slack: SLACK })
    const etag = async () => (await ask(`${list}/slack`)).headers.get('ETag')
    const first = await etag()
    await put(list, { slack: SLACK })
    expect(await etag()).toBe(first)
    await put(list, { slack: { username: 'bot' } })
    expect(await etag()).toBe(first?.replace(/-1"$/, '-2"'))
  })

  test.each(['services', 'integrations'])('is taken at both names, with and without /api/v4: %s', async (name) => {
    const { id } = await newProject()
    for (const prefix of ['', '/'])
      expect((await put(`${prefix}projects/${id}/${name}`, { slack: SLACK })).status).toBe(200)
    const { path } = await newProject()
    expect((await put(`projects/${encodeURIComponent(path)}/${name}`, { slack: SLACK })).body.summary.create).toBe(1)
  })

  test('names what it ignored', async () => {
    const { list } = await newList()
    const { headers } = await put(list, { slack: { ...SLACK, colour: 'red' } }, { dryrun: true })
    expect(headers.get('X-Ignored-Parameters')).toBe('dryrun,slack.colour')
  })

  test('leaves alone, on pruning, what cannot be named here', async () => {
    const mock = { 'mock-ci': { mock_service_url: 'https://mock.example.com' } }
    const { id, list } = await newList({ ...mock, slack: SLACK })
    const ENVIRONMENT = 'production'
    const { body } = await put(list, {}, { prune: true }, { env: { ENVIRONMENT } })
    expect(body.summary).toEqual({ ...NONE, delete: 1 })
    expect((await savedIn(id)).map(({ slug }) => slug)).toEqual(['mock-ci'])
    expect((await put(list, mock, {}, { env: { ENVIRONMENT } })).status).toBe(400)
  })
})

describe('a PATCH of many services', () => {
  test('creates nothing, and leaves `active` alone', async () => {
    const { id, list } = await newList({ slack: { ...SLACK, active: false } })
    const wanted = { slack: { username: 'bot' }, asana: ASANA }
    const { status, body } = await put(list, wanted, {}, { method: 'PATCH' })
    expect({ status, summary: body.summary }).toEqual({ status: 200, summary: { ...NONE, change: 1, absent: 1 } })
    expect((await savedIn(id)).map(({ slug, active }) => [slug, active])).toEqual([['slack', 0]])
  })

  test('prunes nothing', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await put(list, {}, { prune: true }, { method: 'PATCH' })
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: { prune: ['needs a PUT'] } })
  })
})

describe('a plan is refused', () => {
  test('with all that is wrong with all of it, and no value', async () => {
    const { id, list } = await newList({ slack: SLACK })
    const { status, body } = await put(list, {
      slak: {},
      jira: 'Sent-Value',
      slack: { webhook: '', channel: { x: 'Sent-Value' } },
      asana: {},
      jenkins: { ...JENKINS, jenkins_url: 'Sent-Value' },
      datadog: { api_key: '****' },
      teamcity: { use_inherited_settings: true },
      'no-such-service-at-all': {},
    })
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: {
        'services.slak': ['is unknown (did you mean slack?)'],
        'services.jira': ['is invalid'],
        'services.no-such-service-at-all': ['is unknown'],
        'slack.channel': ['is invalid'],
        'asana.api_key': ['is missing'],
        'jenkins.jenkins_url': ['must be a valid URL'],
        'datadog.api_key': ['is a mask, not a value: send the real one, or leave it out'],
        'teamcity.teamcity_url': ['is missing'],
        'teamcity.build_type': ['is missing'],
        'teamcity.username': ['is missing'],
        'teamcity.password': ['is missing'],
      },
    })
    expect(body.error).toMatch(/^services\.slak is unknown \(did you mean slack\?\), services\.jira is invalid, /)
    expect(JSON.stringify(body)).not.toMatch(/Sent-Value|\*{4}/)
    expect(await entriesOf(id)).toHaveLength(1)
  })

  test('for rules alone as a rule that is broken', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await put(list, {
      slack: { branches_to_be_notified: 'some' },
      'external-wiki': { external_wiki_url: 'ftp://wiki.example.com', use_inherited_settings: true },
    })
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        message:
          '400 Bad Request - slack.branches_to_be_notified is not included in the list, external-wiki.use_inherited_settings has nothing to inherit from, external-wiki.external_wiki_url is blocked: Only allowed schemes are http, https',
        errors: {
          'slack.branches_to_be_notified': ['is not included in the list'],
          'external-wiki.use_inherited_settings': ['has nothing to inherit from'],
          'external-wiki.external_wiki_url': ['is blocked: Only allowed schemes are http, https'],
        },
      },
    })
  })

  test('just as each PUT alone would be', async () => {
    const { list } = await newList()
    const wanted = bySlug((service) => ({ ...requiredSet(service), active: 'perhaps' }))
    const { body } = await put(list, wanted)
    const expected = await Promise.all(
      services.map(async ({ slug }) => (await ask(`${list}/${slug}`, { json: wanted[slug] })).body.errors),
    )
    expect(body.errors).toEqual(
      Object.assign(
        {},
        ...expected.map((errors, at) =>
          Object.fromEntries(Object.entries(errors).map(([name, texts]) => [`${services[at]?.slug}.${name}`, texts])),
        ),
      ),
    )
  })

  test('where an address leads to the local network, and that is not allowed', async () => {
    const { list } = await newList()
    const env = { ALLOW_LOCAL_NETWORK: 'false' }
    const { body } = await put(list, { jenkins: { ...JENKINS, jenkins_url: 'http://127.0.0.1/' } }, {}, { env })
    expect(Object.keys(body.errors)).toEqual(['jenkins.jenkins_url'])
  })

  test.each([
    ['no services', {}, { services: ['is missing'] }],
    ['no services, and pruning', { prune: true }, { services: ['is missing'] }],
    ['services that are null', { services: null, prune: true }, { services: ['is invalid'] }],
    ['a list of services', { services: [SLACK] }, { services: ['is invalid'] }],
    ['a word for services', { services: 'slack' }, { services: ['is invalid'] }],
    ['a service that is null', { services: { slack: null } }, { 'services.slack': ['is invalid'] }],
    ['a service that is a list', { services: { slack: [] } }, { 'services.slack': ['is invalid'] }],
    ['a dry run that may be one', { services: {}, dry_run: 'perhaps' }, { dry_run: ['is invalid'] }],
    ['a dry run without a word', { services: {}, dry_run: '' }, { dry_run: ['is invalid'] }],
    ['pruning that may be meant', { services: {}, prune: 2 }, { prune: ['is invalid'] }],
    [
      'names of JavaScript',
      { services: { constructor: {}, toString: {} } },
      {
        'services.constructor': ['is unknown'],
        'services.toString': ['is unknown'],
      },
    ],
    ['a long name', { services: { ['x'.repeat(70)]: {} } }, { [`services.${'x'.repeat(64)}…`]: ['is unknown'] }],
  ])('of %s', async (_, json, errors) => {
    const { id, list } = await newList({ slack: SLACK })
    const { status, body } = await ask(list, { method: 'PUT', json })
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors })
    expect(await savedIn(id)).toHaveLength(1)
  })

  test.each([
    [
      'more than a hundred services',
      Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`s${n}`, {}])),
      'Too many services',
    ],
    [
      'more than a hundred names',
      { slack: Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, 1])) },
      'Too many parameters',
    ],
  ])('of %s', async (_, wanted, error) => {
    const { status, body } = await put((await newList()).list, wanted)
    expect({ status, body }).toEqual({ status: 400, body: { error } })
  })

  test('from whoever may not write, and of a project that is not theirs', async () => {
    const [{ id, list }, other] = [await newList(), await newList()]
    const send = async (token: string | null, path = list) =>
      (await put(path, { slack: SLACK }, { dry_run: true }, { token })).status
    const token = async (fields: object) => (await newToken(id, fields as Record<string, unknown>)).token
    expect(await send(null)).toBe(401)
    expect(await send('pbt_unknown')).toBe(401)
    expect(await send(await token({ scopes: ['read_api'] }))).toBe(403)
    expect(await send(await token({ access_level: 30 }))).toBe(403)
    expect(await send(await token({}))).toBe(200)
    expect(await send(await token({}), other.list)).toBe(404)
    expect(await send(await token({}), 'projects/0/services')).toBe(404)
  })
})

describe('YAML', () => {
  test.each(['application/yaml', 'application/x-yaml', 'text/yaml', 'Text/YAML; charset=utf-8'])(
    'is taken as %s',
    async (type) => {
      const { list } = await newList()
      const text = `
# The chat.
services:
  slack: &chat
    webhook: https://hooks.example.com/1
    push_events: no
    username: 0042
    channel: "null"
    incident_channel: ~
  mattermost: *chat
  jira:
    url: https://jira.example.com
    username: u
    password: "007"
    project_keys: [A, 1.10]
  datadog:
    api_key: 1e5
    datadog_tags: |
      a:b
      c:d
`
      expect((await putYaml(list, text, type)).body.summary).toEqual({ ...NONE, create: 4 })
      const properties = async (slug: string) => (await ask(`${list}/${slug}?with_secrets=true`)).body.properties
      for (const slug of ['slack', 'mattermost'])
        expect(await properties(slug)).toMatchObject({ username: '0042', channel: 'null', incident_channel: null })
      expect((await ask(`${list}/slack`)).body.push_events).toBe(false)
      expect(await properties('jira')).toMatchObject({ password: '007', project_keys: ['A', '1.10'] })
      expect(await properties('datadog')).toMatchObject({ api_key: '1e5', datadog_tags: 'a:b\nc:d\n' })
    },
  )

  test.each([
    ['does not end', 'services: {'],
    ['has a name twice', 'services: {slack: {username: a}, slack: {}}'],
    ['has two documents', 'services: {}\n---\nservices: {}'],
    ['has a tag', 'services: {slack: !secret {}}'],
    ['has a tag of another version', '%YAML 1.1\n---\nservices: {slack: !!binary aGk=}'],
    ['has a tag of JavaScript', 'services: !!js/function "function () {}"'],
    ['names what is not there', 'services: *nowhere'],
    ['has more to look at than any plan', `services: [${'a,'.repeat(30_000)}]`],
    ['has many names', Array.from({ length: 80_000 }, (_, n) => `k${n}: v`).join('\n')],
    ['is nested deeply', `services: ${'['.repeat(100_000)}`],
    ['is of broken UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff])],
  ])('that %s is refused, before anyone asks for a token, and at once', async (_, body) => {
    const { list } = await newList()
    const start = Date.now()
    const { status, body: answer } = await ask(list, { method: 'PUT', token: null, headers: YAML, body })
    expect({ status, body: answer }).toEqual({ status: 400, body: { error: 'Invalid YAML format' } })
    expect(Date.now() - start).toBeLessThan(3000)
  })

  test('whose aliases grow beyond bounds is refused', async () => {
    const { list } = await newList()
    const lol = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`)}]`),
    ]
    const { status, body } = await putYaml(list, lol.join('\n'))
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too many values' } })
  })

  test('that holds itself is refused', async () => {
    const { list } = await newList()
    const { status, body } = await putYaml(list, 'services: &a {slack: *a}')
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too deeply nested' } })
  })

  test.each(['', '# nothing\n', 'just a word', '- a\n- b'])('without a name holds no services: %j', async (body) => {
    const { status, body: answer } = await putYaml((await newList()).list, body)
    expect({ status, errors: answer.errors }).toEqual({ status: 400, errors: { services: ['is missing'] } })
  })

  test('of more than one megabyte is refused', async () => {
    const { status } = await putYaml((await newList()).list, `services: {}\n#${' '.repeat(1024 * 1024)}`)
    expect(status).toBe(413)
  })

  test('is no form of a single service', async () => {
    const { list } = await newList()
    expect((await putYaml(`${list}/slack`, 'webhook: https://hooks.example.com/1')).status).toBe(415)
  })
})

describe('an export', () => {
  test.each([undefined, 'application/yaml'])(
    'of all services changes nothing when it is applied: %s',
    async (accept) => {
      const { id, list } = await newList(
        bySlug((service) => ({ ...fullSet(service), active: service.slug !== 'slack' })),
      )
      const before = await snapshot(id)
      const { type, text } = await exported(list, accept)
      expect(type).toBe(accept ?? 'application/json')
      const headers = { 'Content-Type': type ?? '' }
      const { status, body } = await ask(`${list}?prune=true`, { method: 'PUT', headers, body: text })
      expect({ status, summary: body.summary }).toEqual({
        status: 200,
        summary: { ...NONE, unchanged: services.length },
      })
      expect(await snapshot(id)).toEqual(before)
    },
  )

  test.each([undefined, 'application/yaml'])(
    'of the least that there is changes nothing either: %s',
    async (accept) => {
      const { list } = await newList(bySlug(requiredSet))
      const { type, text } = await exported(list, accept)
      const { body } = await ask(list, { method: 'PUT', headers: { 'Content-Type': type ?? '' }, body: text })
      expect(body.summary).toEqual({ ...NONE, unchanged: services.length })
    },
  )

  test('brings back, where secrets are still there, what was changed since', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'a' } })
    const { text } = await exported(list)
    await put(list, { slack: { username: 'b', channel: '#b', push_events: false, active: false } })
    const { body } = await ask(list, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: text })
    expect(body.changes[0].fields).toEqual([
      { field: 'active', from: false, to: true },
      { field: 'push_events', from: false, to: true },
      { field: 'username', from: 'b', to: 'a' },
      { field: 'channel', from: '#b', to: null },
    ])
  })

  test('keeps text as it is', async () => {
    const texts = [
      'null',
      '~',
      'true',
      '0042',
      '1.10',
      ' a ',
      '#a',
      '- a',
      'a: b',
      "it's",
      '"',
      '*a',
      '&a',
      '!a',
      '%a',
      '@a',
      '`a',
      '{a',
      '[a',
      '|',
      '>',
      '?',
      '-',
      '=',
      '<<',
      'é\u{1F600}',
      'a\u2028b',
      'x'.repeat(300),
    ]
    for (const username of texts) {
      const { list } = await newList({ slack: { ...SLACK, username } })
      const { text } = await exported(list, 'application/yaml')
      expect([username, (await putYaml(list, text)).body.summary]).toEqual([username, { ...NONE, unchanged: 1 }])
    }
    const lines = ['a\nb', 'a\n', '\na', ' a\n  b', 'a\r\nb', 'a\tb\n\n', '#a\n---\nb', '%a\n...\n']
    for (const datadog_tags of lines) {
      const { list } = await newList({ datadog: { api_key: 'k', datadog_tags } })
      const { text } = await exported(list, 'application/yaml')
      expect([datadog_tags, (await putYaml(list, text)).body.summary]).toEqual([
        datadog_tags,
        { ...NONE, unchanged: 1 },
      ])
    }
  })

  test('leaves secrets out, and says in YAML which are set', async () => {
    const { list } = await newList({ jenkins: JENKINS, asana: ASANA, slack: SLACK })
    const files = [await exported(list), await exported(list, 'application/yaml')]
    for (const { text } of files) expect(text).not.toMatch(/Own-|hooks\.example|fingerprint/)
    expect(files[1]?.text).toContain('  jenkins:\n    # set, and kept where not sent: password\n    active: true\n')
    expect(Object.keys(JSON.parse(files[0]?.text ?? '').services)).toEqual(['asana', 'jenkins', 'slack'])
  })

  test('holds what is inactive too, whatever else the query says', async () => {
    const { list } = await newList({ slack: { ...SLACK, active: false }, asana: ASANA })
    const { body } = await ask(`${list}?export=true&active=true&event=push&with_properties=true`)
    expect(Object.keys(body.services)).toEqual(['asana', 'slack'])
    expect(body.services.slack.active).toBe(false)
  })

  test('makes one trip', async () => {
    const { list } = await newList({ slack: SLACK })
    const { DB, trips } = tap()
    await ask(`${list}?export=true`, { env: { DB } })
    expect(trips).toHaveLength(1)
  })

  test.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html, */*;q=0.8', 'application/json'],
    ['application/json, application/yaml;q=0.5', 'application/json'],
    ['application/json;q=0.5, application/yaml', 'application/yaml'],
    ['text/yaml', 'text/yaml'],
    ['application/x-yaml, */*;q=0.1', 'application/x-yaml'],
  ])('for Accept: %s is of %s', async (accept, type) => {
    const { list } = await newList({ slack: SLACK })
    expect((await exported(list, accept)).type).toBe(type)
  })

  test('of nothing is a plan of nothing', async () => {
    const { list } = await newList()
    const { type, text } = await exported(list, 'application/yaml')
    expect([type, (await putYaml(list, text)).status]).toEqual(['application/yaml', 200])
  })

  test('is for those who may read settings', async () => {
    const { id, list } = await newList({ slack: SLACK })
    const status = async (fields: object) => {
      const { token } = await newToken(id, fields as Record<string, unknown>)
      return (await ask(`${list}?export=true`, { token })).status
    }
    expect(await status({ scopes: ['read_api'] })).toBe(200)
    expect(await status({ scopes: ['read_api'], access_level: 30 })).toBe(403)
    expect((await ask(`${list}?export=perhaps`)).body.errors).toEqual({ export: ['is invalid'] })
  })
})

describe('the same settings for many projects', () => {
  const ROTATION = { jira: { password: 'New-Pass' } }
  const JIRA = { url: 'https://jira.example.com', username: 'u', password: 'Old-Pass' }
  const ids: number[] = []
  const send = (body: object, options: Call = {}) =>
    ask('services/apply', { method: 'PATCH', ...options, json: { services: ROTATION, ...body } })
  const passwordsOf = (list: readonly number[]) =>
    Promise.all(
      list.map(async (id) => (await ask(`projects/${id}/services/jira?with_secrets=true`)).body.properties?.password),
    )

  /** Sends until all is done. */
  async function sendAll(body: object, options: Call = {}) {
    const answers: Answer['body'][] = []
    for (let after: number | null = 0; after !== null; after = answers.at(-1).next_after) {
      const { status, body: answer } = await send({ ...body, after }, options)
      expect(status).toBe(200)
      answers.push(answer)
    }
    return { answers, projects: answers.flatMap(({ projects }) => projects) }
  }

  beforeAll(async () => {
    for (let n = 0; n < 60; n++) ids.push((await newProject({ namespace_path: 'many', path: `p${n}` })).id)
    for (const id of ids) await put(`projects/${id}/services`, { jira: JIRA, slack: SLACK })
    await newProject({ namespace_path: 'manyfold', path: 'p0' })
  })

  test.each([
    ['ids', () => ({ ids: ids.toReversed() })],
    ['the start of a path', () => ({ path_prefix: 'MANY/' })],
  ])('by %s: all are done, in steps, each reported once', async (by, projects) => {
    const services = { jira: { password: `New-${by}` } }
    const { answers, projects: done } = await sendAll({ projects: projects(), services })
    expect(answers.map(({ summary, next_after: next }) => [summary, next])).toEqual([
      [{ applied: 25, unchanged: 0, failed: 0 }, ids[24]],
      [{ applied: 25, unchanged: 0, failed: 0 }, ids[49]],
      [{ applied: 10, unchanged: 0, failed: 0 }, null],
    ])
    expect(done.map(({ id }) => id)).toEqual(ids)
    expect(done[7]).toEqual({
      id: ids[7],
      path_with_namespace: 'many/p7',
      status: 'applied',
      summary: { ...NONE, change: 1 },
    })
    expect(new Set(await passwordsOf(ids))).toEqual(new Set([`New-${by}`]))
    const again = await sendAll({ projects: projects(), services })
    expect(again.projects.every(({ status }) => status === 'unchanged')).toBe(true)
    expect(JSON.stringify([answers, again])).not.toMatch(/New-|Old-/)
  })

  test('reads once a step, and writes once for each project that changes', async () => {
    const { DB, trips } = tap()
    const services = { jira: { password: 'Counted' } }
    const projects = { ids: ids.slice(0, 10) }
    await send({ projects, services }, { env: { DB } })
    expect(trips.map((trip) => trip.length)).toEqual([1, ...ids.slice(0, 10).map(() => 2)])
    await send({ projects, services }, { env: { DB } })
    expect(trips).toHaveLength(12)
  })

  test('a project that fails is reported, and no matter of the others', async () => {
    const [broken = 0, gone = 0] = [ids[3], 2_000_000_000]
    await ask(`projects/${broken}/services/jira`, { method: 'DELETE' })
    const { body } = await send({ projects: { ids: [...ids.slice(2, 6), gone] } }, { method: 'PUT' })
    expect(body.projects.map(({ id, status }: { id: number; status: string }) => [id, status])).toEqual([
      [ids[2], 'applied'],
      [broken, 'failed'],
      [ids[4], 'applied'],
      [ids[5], 'applied'],
      [gone, 'failed'],
    ])
    expect(body.projects[1]).toEqual({
      id: broken,
      path_with_namespace: 'many/p3',
      status: 'failed',
      message: '400 Bad Request',
      errors: { 'jira.url': ['is missing'], 'jira.username': ['is missing'] },
    })
    expect(body.projects[4]).toEqual({
      id: gone,
      path_with_namespace: null,
      status: 'failed',
      message: '404 Project Not Found',
    })
    expect(body.summary).toEqual({ applied: 3, unchanged: 0, failed: 2 })
    await put(`projects/${broken}/services`, { jira: JIRA })
  })

  test('a project whose secrets do not open is reported, and no matter of the others', async () => {
    const [broken = 0, whole = 0] = [ids[10], ids[11]]
    const [row] = await rows<{ secrets: string }>(
      "select secrets from settings where project_id = ? and slug = 'jira'",
      broken,
    )
    await rows(
      "update settings set secrets = 'v1.k1.AAAAAAAAAAAAAAAA.AAAA' where project_id = ? and slug = 'jira'",
      broken,
    )
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const services = { jira: { password: 'Newer' } }
    const { body } = await send({ projects: { ids: [broken, whole] }, services })
    log.mockRestore()
    await rows("update settings set secrets = ? where project_id = ? and slug = 'jira'", row?.secrets, broken)
    expect(body.projects.map(({ status, message }: Record<string, unknown>) => [status, message])).toEqual([
      ['failed', '500 Internal Server Error'],
      ['applied', undefined],
    ])
  })

  test('a PATCH goes only where the service is set up, and leaves `active` alone', async () => {
    const [absent = 0, inactive = 0] = [ids[20], ids[21]]
    await ask(`projects/${absent}/services/jira`, { method: 'DELETE' })
    await ask(`projects/${inactive}/services/jira`, { method: 'PATCH', json: { active: false } })
    const { body } = await send({ projects: { ids: [absent, inactive] }, services: { jira: { password: 'Patched' } } })
    expect(body.projects.map(({ status, summary }: Record<string, unknown>) => [status, summary])).toEqual([
      ['unchanged', { ...NONE, absent: 1 }],
      ['applied', { ...NONE, change: 1 }],
    ])
    expect((await ask(`projects/${inactive}/services/jira`)).body.active).toBe(false)
    await put(`projects/${absent}/services`, { jira: JIRA })
  })

  test('a dry run tells, and writes nothing', async () => {
    const before = [await dump('settings'), await dump('audit')]
    const { answers, projects } = await sendAll({
      projects: { path_prefix: 'many/' },
      services: { jira: { password: 'Dry' } },
      dry_run: true,
    })
    expect(answers[0]?.summary).toEqual({ planned: 25, unchanged: 0, failed: 0 })
    expect(projects).toHaveLength(60)
    expect([await dump('settings'), await dump('audit')]).toEqual(before)
  })

  test('pruning deletes in each what is not named', async () => {
    const projects = { ids: ids.slice(30, 32) }
    const { body } = await send({ projects, services: { jira: {} }, prune: true }, { method: 'PUT' })
    expect(body.projects.map(({ summary }: { summary: object }) => summary)).toEqual(
      Array(2).fill({ ...NONE, unchanged: 1, delete: 1 }),
    )
    expect((await savedIn(ids[30] ?? 0)).map(({ slug }) => slug)).toEqual(['jira'])
  })

  test('each change is in the audit trail of its project', async () => {
    const [id = 0] = ids.slice(40)
    const before = (await entriesOf(id)).length
    await send({ projects: { ids: [id] }, services: { jira: { password: 'Audited' }, slack: { username: 'bot' } } })
    expect((await entriesOf(id)).slice(before).map(({ subject, changes }) => [subject, JSON.parse(changes)])).toEqual([
      ['jira', [{ field: 'password' }]],
      ['slack', [{ field: 'username', from: null, to: 'bot' }]],
    ])
  })

  test('YAML does as well, and so does the other name', async () => {
    const body = `projects: {ids: [${ids[50]}]}\nservices: {jira: {password: 0042}}`
    const { status, body: answer } = await ask('integrations/apply', { method: 'PATCH', headers: YAML, body })
    expect([status, answer.summary.applied]).toEqual([200, 1])
    expect(await passwordsOf(ids.slice(50, 51))).toEqual(['0042'])
  })

  test.each([
    ['without a selection', {}, { projects: ['is missing'] }],
    ['with an empty one', { projects: {} }, { projects: ['must have either ids or path_prefix'] }],
    ['with another one', { projects: { id: [1] } }, { projects: ['must have either ids or path_prefix'] }],
    ['with both', { projects: { ids: [1], path_prefix: 'a' } }, { projects: ['must have either ids or path_prefix'] }],
    ['with no ids', { projects: { ids: [] } }, { projects: ["can't be blank"] }],
    ['with a blank path', { projects: { path_prefix: ' ' } }, { projects: ["can't be blank"] }],
    ['with ids that are none', { projects: { ids: ['a'] } }, { projects: ['is invalid'] }],
    [
      'with too many ids',
      { projects: { ids: Array.from({ length: 1001 }, (_, n) => n + 1) } },
      { projects: ['names too many projects (maximum is 1000)'] },
    ],
    ['going on behind nothing', { projects: { ids: [1] }, after: 'x' }, { after: ['is invalid'] }],
    [
      'of an unknown service',
      { projects: { ids: [1] }, services: { jra: {} } },
      { 'services.jra': ['is unknown (did you mean jira?)'] },
    ],
    [
      'of what no project takes',
      { projects: { ids: [1] }, services: { jira: { url: 'x', jira_auth_type: 'x' } } },
      { 'jira.jira_auth_type': ['is invalid'] },
    ],
  ])('%s it is refused, before any project is looked at', async (_, body, errors) => {
    const { status, body: answer } = await send(body)
    expect({ status, errors: answer.errors }).toEqual({ status: 400, errors })
  })

  test('only the instance may do it', async () => {
    const [id = 0] = ids
    const { DB, trips } = tap()
    for (const [token, status] of [
      [(await newToken(id, { access_level: 50 })).token, 403],
      [(await newToken(id, { scopes: ['read_api'] })).token, 403],
      ['pbt_unknown', 401],
      [null, 401],
    ] as const)
      expect((await send({ projects: { ids } }, { token, env: { DB } })).status).toBe(status)
    expect(trips.flat().flatMap(({ values }) => values)).not.toContain(JSON.stringify(ids.slice(0, 25)))
  })

  test('stands beside the catalogue', async () => {
    expect((await ask('services/apply')).status).toBe(404)
    expect((await ask('services/slack')).status).toBe(200)
    expect((await ask('services/slack', { method: 'PUT', json: {} })).status).toBe(404)
    expect((await ask('/services/apply', { method: 'PUT', json: {} })).status).toBe(404)
  })
})
