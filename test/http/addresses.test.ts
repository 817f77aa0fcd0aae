import { describe, expect, test } from 'vitest'
import type { Param, Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { type Answer, ask, newPlace, newSettings } from '../support/api.ts'
import { auditOf } from '../support/database.ts'
import { fullSet, requiredSet, sample } from '../support/samples.ts'

/** Names that look like a URL or a host, and why they are none. */
const NO_ADDRESSES: Record<string, string> = {
  'irker.server_port': 'a number: the port of `server_host`',
}

/** Parameters that a rule of their own ties to one host; it comes first. */
const isTiedTo = (fullName: string) => /^(confluence\.|discord\.)/.test(fullName)

const LOCALHOST = 'is blocked: Requests to localhost are not allowed'

/** Its rate limit aside: the tests ask faster. */
const PRODUCTION = { ENVIRONMENT: undefined, ALLOW_LOCAL_NETWORK: undefined, RATE_LIMIT: undefined }

/** mock-ci is known in development only. */
const refusing = (service: Service) =>
  service.developmentOnly ? { ENVIRONMENT: 'development', ALLOW_LOCAL_NETWORK: 'false' } : PRODUCTION

const allowing = (service: Service) => ({ ...refusing(service), ALLOW_LOCAL_NETWORK: 'true' })

/** A value that the parameter would take, but for where it leads. */
function leadingTo(param: Param, host: string): string {
  switch (param.address) {
    case 'host':
    case 'domain':
      return host
    case 'key file':
      return JSON.stringify({ token_uri: `http://${host}/token` })
    case 'channels':
      return `irc://irc.example.net/room irc://${host}/room`
    default:
      return String(sample(param)).replace(/(?<=:\/\/)[^/]+/, host)
  }
}

const addresses = services.flatMap((service) =>
  service.params.flatMap((param) =>
    param.address && param.address !== 'labels' ? [{ service, param, name: `${service.slug}.${param.name}` }] : [],
  ),
)

test('each parameter whose name looks like a URL or a host is checked as one', () => {
  const suspects = services.flatMap(({ slug, params }) =>
    params.filter(({ name }) => /url|uri|server|host|site|webhook|domain/.test(name)).map((param) => ({ slug, param })),
  )
  const unchecked = suspects.filter(({ param }) => !param.address).map(({ slug, param }) => `${slug}.${param.name}`)
  expect(unchecked.filter((name) => !NO_ADDRESSES[name])).toEqual([])
  expect(addresses.length).toBeGreaterThan(30)
})

test('no exception to that is out of date', () => {
  const names = services.flatMap(({ slug, params }) => params.filter((p) => !p.address).map((p) => `${slug}.${p.name}`))
  expect(names).toEqual(expect.arrayContaining(Object.keys(NO_ADDRESSES)))
})

describe.each(addresses)('$name', ({ service, param, name: fullName }) => {
  const { slug } = service
  const { name } = param
  const isTied = isTiedTo(fullName)
  const text = isTied ? expect.any(String) : LOCALHOST
  const refused = (response: Answer) =>
    expect({ status: response.status, errors: response.body.errors }).toEqual({
      status: 400,
      errors: { [name]: [text] },
    })

  test('may not lead to this machine; nothing of the request is saved, and its value is not repeated', async () => {
    const env = refusing(service)
    const { id, path } = await newPlace(slug)
    for (const host of ['127.0.0.1', 'Local-Sentinel.localhost']) {
      const response = await ask(path, { env, json: { ...fullSet(service), [name]: leadingTo(param, host) } })
      refused(response)
      expect(JSON.stringify(response.body)).not.toMatch(/Sentinel/i)
    }
    expect((await ask(path, { env })).status).toBe(404)
    expect((await auditOf(id)).filter(({ subject }) => subject === slug)).toEqual([])

    const saved = await newSettings(slug, fullSet(service))
    for (const method of ['PUT', 'PATCH']) {
      refused(
        await ask(saved.path, { method, env, json: { ...fullSet(service, 2), [name]: leadingTo(param, '127.1') } }),
      )
    }
    expect((await ask(saved.path, { env })).body).toEqual(saved.saved)
  })

  test('may lead anywhere else, and to this machine where that is allowed', async () => {
    const { path } = await newPlace(slug)
    expect((await ask(path, { env: refusing(service), json: fullSet(service) })).status).toBe(200)
    if (isTied) return
    const json = { ...fullSet(service), [name]: leadingTo(param, 'localhost') }
    for (const env of [allowing(service), {}]) expect((await ask(path, { env, json })).status).toBe(200)
  })

  test('may stay where it led before that was refused', async () => {
    if (isTied) return
    const { path, saved } = await newSettings(slug, { ...fullSet(service), [name]: leadingTo(param, 'localhost') })
    const { status, body } = await ask(path, { env: refusing(service), json: { active: false } })
    expect({ status, body }).toEqual({ status: 200, body: { ...saved, active: false, updated_at: body.updated_at } })
  })
})

describe('the local network', () => {
  const json = { webhook: 'http://127.0.0.1:4004/hook' }

  test.each([
    [undefined, undefined, 400],
    [undefined, '', 400],
    [undefined, 'false', 400],
    [undefined, 'no', 400],
    [undefined, 'true', 200],
    [undefined, '1', 200],
    ['production', undefined, 400],
    ['production', 'true', 200],
    ['development', undefined, 200],
    ['development', '', 200],
    ['development', 'true', 200],
    ['development', 'false', 400],
    ['development', '0', 400],
  ])(
    'the local network with ENVIRONMENT %j and ALLOW_LOCAL_NETWORK %j: %d',
    async (ENVIRONMENT, ALLOW_LOCAL_NETWORK, status) => {
      const { path } = await newPlace('slack')
      expect((await ask(path, { env: { ...PRODUCTION, ENVIRONMENT, ALLOW_LOCAL_NETWORK }, json })).status).toBe(status)
    },
  )
})

describe('a refusal', () => {
  const env = PRODUCTION

  test('a refusal is a broken rule like others: all of them at once, by field', async () => {
    const json = {
      ...requiredSet(services.find(({ slug }) => slug === 'jira') as Service),
      url: 'http://10.0.0.1',
      api_url: 'https://user:Pass-Word@jira.example.com',
      jira_issue_transition_id: 'none',
    }
    const { status, body } = await ask((await newPlace('jira')).path, { env, json })
    const errors = {
      url: ['is blocked: Requests to the local network are not allowed'],
      api_url: ['must not contain a user name or password'],
      jira_issue_transition_id: ['must contain a number'],
    }
    const message = `400 Bad Request - ${Object.entries(errors)
      .map(([name, [text]]) => `${name} ${text}`)
      .join(', ')}`
    expect({ status, body }).toEqual({ status: 400, body: { message, errors } })
  })

  test('a refusal comes after missing parameters and preconditions', async () => {
    const { path } = await newPlace('jenkins')
    const json = { jenkins_url: 'http://localhost' }
    expect((await ask(path, { env, json })).body.errors).toEqual({ project_name: ['is missing'] })
    const late = { env, json: { ...json, project_name: 'a' }, headers: { 'If-Match': '*' } }
    expect((await ask(path, late)).status).toBe(412)
    expect((await ask(path, { ...late, method: 'PATCH' })).status).toBe(404)
  })

  test('a refusal of user info holds in development too', async () => {
    const json = { webhook: 'https://user:Pass-Word@hooks.example.com/1' }
    const { status, body } = await ask((await newPlace('slack')).path, { json })
    expect([status, body.message]).toEqual([400, '400 Bad Request - webhook must not contain a user name or password'])
  })

  test('a refusal is spared a parameter that is cleared', async () => {
    const { path } = await newSettings('irker', { recipients: 'irc://irc.example.net/a', server_host: 'localhost' })
    for (const blank of ['', null, ' \t ']) {
      const { status, body } = await ask(path, { env, json: { server_host: blank } })
      expect([status, body.properties.server_host]).toEqual([200, null])
    }
  })
})

test.each([
  [' irker.example.net\n', 200, 'irker.example.net'],
  ['irker.example.net:6659', 400, undefined],
  ['2606:4700::1111', 200, '2606:4700::1111'],
  ['[2606:4700::1111]', 200, '[2606:4700::1111]'],
  ['192.168.1.1', 400, undefined],
  ['::1', 400, undefined],
  ['0x7f.1', 400, undefined],
])('the host of irker may be %j: %d', async (server_host, status, saved) => {
  const { path } = await newPlace('irker')
  const json = { recipients: 'irc://irc.example.net/a', server_host }
  const response = await ask(path, { env: PRODUCTION, json })
  expect([response.status, response.body.properties?.server_host]).toEqual([status, saved])
})

describe('an Office 365 connector', () => {
  const webhook = 'https://acme.webhook.office.com/webhookb2/1/IncomingWebhook/2'
  const notes = { webhook: expect.stringContaining('Microsoft has retired') }

  test.each(['PUT', 'PATCH'])(
    'an Office 365 connector is saved by a %s, with a note in the response to the write alone',
    async (method) => {
      const { path } = await newSettings('microsoft-teams', { webhook: 'https://acme.example.com/1' })
      const { status, body } = await ask(path, { method, json: { webhook } })
      expect([status, body.notes, Object.keys(body).at(-1)]).toEqual([200, notes, 'secrets'])
      expect((await ask(path)).body.notes).toBeUndefined()
      expect((await ask(`${path}?with_secrets=true`)).body.properties.webhook).toBe(webhook)
      expect((await ask(path, { method, json: { active: true } })).body.notes).toBeUndefined()
    },
  )

  test('an Office 365 connector has the note in a plan too', async () => {
    const { list } = await newPlace('microsoft-teams')
    const plan = (address: string) =>
      ask(list, { method: 'PUT', json: { services: { 'microsoft-teams': { webhook: address } }, dry_run: true } })
    expect((await plan(webhook)).body.changes).toMatchObject([{ action: 'create', notes }])
    const other = 'https://acme.webhook.office.com.example.com/1'
    expect((await plan(other)).body.changes[0].notes).toBeUndefined()
  })
})

test.each(services.filter(({ params }) => params.some(({ address }) => address === 'url')).map(({ slug }) => slug))(
  'no URL of %s may have a user name or password',
  async (slug) => {
    const service = services.find((one) => one.slug === slug) as Service
    for (const { name } of service.params.filter(({ address }) => address === 'url')) {
      const json = { ...fullSet(service), [name]: String(fullSet(service)[name]).replace('://', '://user:pass@') }
      const { status, body } = await ask((await newPlace(slug)).path, { json })
      expect([status, Object.keys(body.errors)]).toEqual([400, [name]])
    }
  },
)
