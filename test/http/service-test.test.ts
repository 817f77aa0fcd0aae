import { describe, expect, test, vi } from 'vitest'
import { flagOf } from '../../src/schema/events.ts'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { type Call, newProject, newSettings, newToken, ask as request } from '../support/api.ts'
import { auditOf, rows } from '../support/database.ts'
import { drone, healthOf, jenkins, pushBy, stubReceivers, webhook } from '../support/deliveries.ts'
import { fullSet, secretSet } from '../support/samples.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

const SENTINEL = 'sentinel-2c9f'
const mails = { MAIL_FROM: 'patchbay@example.com', EMAIL: { send: async () => ({ messageId: '1' }) } }

function send(path: string, json?: unknown, { env, ...more }: Call = {}) {
  const body = json === undefined ? {} : { json }
  return request(path, { method: 'POST', ...body, env: { DELIVERIES: undefined, ...env }, ...more })
}

/** Lets the sample pass every filter, with addresses that lead somewhere. */
const OPEN = {
  branches_to_be_notified: 'all',
  restrict_to_branch: '',
  labels_to_be_notified: '',
  repository_url: 'https://github.com/acme/rocket',
}

function paramsFor(service: Service) {
  const names = new Set(service.params.map(({ name }) => name))
  const open = Object.entries(OPEN).filter(([name]) => names.has(name))
  return { ...fullSet(service), ...secretSet(service, SENTINEL), ...Object.fromEntries(open) }
}

/** Reasons for which a sample does not get through here. */
const UNSENT: Readonly<Record<string, string>> = {
  asana: 'no commit message mentions a task',
  irker: 'the receiver could not be reached',
}

describe.each(services.map((service) => [service.slug, service] as const))('a test of %s', (slug, service) => {
  const reason = service.probe ? undefined : (service.deliversNothing ?? UNSENT[slug])

  test('says that the receiver took it, or why nothing arrived, and shows no secret', async () => {
    receivers.respond = ({ url }) =>
      url.endsWith('/rooms.json') ? Response.json({ rooms: [{ id: 7, name: 'room-1' }] }) : new Response('ok')
    const { path } = await newSettings(slug, paramsFor(service))
    const { status, body } = await send(`${path}/test`, undefined, { env: mails })
    expect({ status, success: body.success, reason: body.reason }).toEqual({
      status: 200,
      success: reason === undefined,
      reason: reason ?? null,
    })
    expect(body.requests.length > 0).toBe(reason === undefined || slug === 'irker')
    expect(JSON.stringify(body)).not.toContain(SENTINEL)
  })

  test('can be asked for with any of its events, and with no other', async () => {
    const { path } = await newSettings(slug, paramsFor(service))
    for (const flag of service.events.map(flagOf)) {
      const { status } = await send(`${path}/test/${flag}`, undefined, { env: mails })
      expect({ flag, status }).toEqual({ flag, status: 200 })
    }
    const { status, body } = await send(`${path}/test/banana_events`)
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'trigger is not included in the list' })
  })
})

describe('the test of a service', () => {
  test('the test of a service asks trackers for their address by HEAD', async () => {
    const { path } = await newSettings('redmine', {
      project_url: 'https://redmine.example.com/p',
      issues_url: 'https://redmine.example.com/i/:id',
      new_issue_url: 'https://redmine.example.com/new',
    })
    expect((await send(`${path}/test`)).body.success).toBe(true)
    expect(receivers.requests).toMatchObject([{ method: 'HEAD', url: 'https://redmine.example.com/p' }])
  })

  test('the test of a service sends the event of its body as it was posted', async () => {
    const { path } = await newSettings('jenkins', jenkins('ci'))
    const event = pushBy('Grace', { a_field_of_tomorrow: 1 })
    expect((await send(`${path}/test`, event)).body).toMatchObject({
      success: true,
      requests: [{ method: 'POST', status: 200, response: null }],
    })
    expect(receivers.requests[0]?.body).toBe(JSON.stringify(event))
  })

  test('the test of a service sends a sample about the project, of an event that need not be switched on', async () => {
    const { id, path } = await newSettings('slack', { ...webhook('a'), note_events: false })
    const { body: project } = await request(`projects/${id}`)
    expect((await send(`${path}/test/note_events`)).body.success).toBe(true)
    expect(new URLSearchParams(receivers.requests[0]?.body).get('payload')).toContain(
      `/${project.path_with_namespace}/-/issues/1#note_1`,
    )
  })

  test('the test of a service works while the settings are switched off, and saves and records nothing', async () => {
    const { id, path } = await newSettings('slack', { ...webhook('a'), active: false })
    const before = [await request(path), await auditOf(id)]
    expect((await send(`${path}/test`)).body.success).toBe(true)
    expect((await send(`${path}/test`, { parameters: webhook('b') })).body.success).toBe(true)
    expect([await request(path), await auditOf(id)].map((seen) => JSON.stringify(seen))).toEqual(
      before.map((seen) => JSON.stringify(seen)),
    )
    expect(
      await rows('select * from deliveries join settings on settings.id = settings_id where project_id = ?', id),
    ).toEqual([])
  })

  test('the test of a service tries unsaved parameters, over the saved ones or without any', async () => {
    const { id } = await newProject()
    const path = `projects/${id}/services/jenkins/test`
    expect(await send(path)).toMatchObject({ status: 404, body: { message: '404 Service Not Found' } })
    expect((await send(path, { parameters: jenkins('new') })).body.success).toBe(true)
    const saved = await newSettings('jenkins', jenkins('ci'))
    const { body } = await send(`${saved.path}/test`, { parameters: { project_name: 'other' } })
    expect(body.success).toBe(true)
    expect(receivers.requests.map(({ url }) => url)).toEqual([
      'https://new.example.com/project/rocket',
      'https://ci.example.com/project/other',
    ])
    const authorizations = receivers.requests.map(({ headers }) => headers.get('Authorization'))
    expect(authorizations[0]).toMatch(/^Basic /)
    expect(authorizations[1]).toBe(authorizations[0])
  })

  test('the test of a service sends a saved secret to no address that was not saved with it', async () => {
    const evil = 'https://evil.example.com'
    const required = await newSettings('drone-ci', drone('ci'))
    expect(await send(`${required.path}/test`, { parameters: { drone_url: evil } })).toMatchObject({
      status: 400,
      body: { errors: { token: ['must be sent again, because drone_url changed'] } },
    })
    expect(receivers.requests).toEqual([])
    const optional = await newSettings('jenkins', jenkins('ci'))
    await send(`${optional.path}/test`, { parameters: { jenkins_url: evil } })
    expect(receivers.requests.map(({ url, headers }) => [url, headers.get('Authorization')])).toEqual([
      [`${evil}/project/rocket`, `Basic ${btoa('ada:')}`],
    ])
  })

  test.each([
    ['text that is no JSON', 'hello', { error: 'Invalid JSON format' }],
    ['a list', '[]', { error: 'Invalid JSON format' }],
    ['an unknown field', '{"banana":1}', { error: 'banana is unknown' }],
    ['parameters that are no object', '{"parameters":3}', { error: 'parameters is invalid' }],
    ['a parameter of the wrong type', '{"parameters":{"push_events":"maybe"}}', { error: 'push_events is invalid' }],
  ])('responds 400 to %s, and sends nothing', async (_, body, expected) => {
    const { path } = await newSettings('slack', webhook('a'))
    const headers = { 'Content-Type': 'application/json' }
    expect(await send(`${path}/test`, undefined, { body, headers })).toMatchObject({ status: 400, body: expected })
    expect(receivers.requests).toEqual([])
  })

  test('the test of a service shows the beginning of a refusal without the secret that it repeats', async () => {
    receivers.respond = ({ headers }) => new Response(`no: ${headers.get('Authorization')}`, { status: 403 })
    const { path } = await newSettings('jenkins', jenkins('ci'))
    const { body } = await send(`${path}/test`)
    expect(body).toMatchObject({ success: false, requests: [{ status: 403, response: 'no: Basic ***' }] })
  })

  test('the test of a service shows no body of a receiver in the local network', async () => {
    receivers.respond = () => new Response('the page of a router', { status: 403 })
    const { path } = await newSettings('jenkins', { ...jenkins('ci'), jenkins_url: 'http://192.168.0.1' })
    const { body } = await send(`${path}/test`)
    expect(body).toMatchObject({ success: false, requests: [{ status: 403, response: null }] })
  })

  test('the test of a service says what to do where no mail is configured', async () => {
    const { path } = await newSettings('emails-on-push', { recipients: 'ada@example.com' })
    const { body } = await send(`${path}/test`, undefined, { env: { EMAIL: undefined } })
    expect(body).toMatchObject({ success: false, reason: expect.stringContaining('set the binding EMAIL') })
  })

  test('the test of a service says that certificates are verified although the settings say otherwise', async () => {
    const { path } = await newSettings('jenkins', { ...jenkins('ci'), enable_ssl_verification: false })
    expect((await send(`${path}/test`)).body.notes).toEqual({
      enable_ssl_verification: 'is kept, but the certificate is verified all the same',
    })
  })

  test('the test of a service says that secrets cannot be decrypted, and sends nothing', async () => {
    const { path } = await newSettings('jenkins', jenkins('ci'))
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const env = { ENCRYPTION_KEYS: `k2:${btoa('f'.repeat(32))}` }
    const { body } = await send(`${path}/test`, undefined, { env })
    expect(body).toMatchObject({ success: false, reason: 'the secrets of the settings cannot be decrypted' })
    expect(receivers.requests).toEqual([])
  })

  test('the test of a service ends a pause when it succeeds on what is saved, and only then', async () => {
    const { id, path } = await newSettings('jenkins', jenkins('ci'))
    const [{ id: settingsId, version } = { id: 0, version: 0 }] = await rows<{ id: number; version: number }>(
      'select id, version from settings where project_id = ?',
      id,
    )
    await rows('insert into destination_health values (?, ?, 20, 20, 1, 1, 2, null)', settingsId, version)
    receivers.respond = () => new Response('', { status: 500 })
    await send(`${path}/test`)
    receivers.respond = () => new Response('ok')
    await send(`${path}/test`, { parameters: { project_name: 'other' } })
    expect(await healthOf(settingsId)).toBeDefined()
    expect((await send(`${path}/test`)).body.success).toBe(true)
    expect(await healthOf(settingsId)).toBeUndefined()
  })

  test('the test of a service is counted for each project, and only for those who may ask for it', async () => {
    const keys: string[] = []
    const RATE_LIMIT_TESTS = { limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 }) }
    const { id, path } = await newSettings('slack', webhook('a'))
    const { token } = await newToken(id, { scopes: ['read_api'] })
    expect((await send(`${path}/test`, undefined, { token, env: { RATE_LIMIT_TESTS } })).status).toBe(403)
    const statuses = [
      (await send(`${path}/test`, undefined, { env: { RATE_LIMIT_TESTS } })).status,
      (await send(`${path}/test`, undefined, { env: { RATE_LIMIT_TESTS } })).status,
    ]
    expect({ statuses, keys }).toEqual({ statuses: [200, 429], keys: [`test/${id}`, `test/${id}`] })
    expect(receivers.requests).toHaveLength(1)
  })
})
