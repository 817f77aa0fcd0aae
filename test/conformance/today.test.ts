import { describe, expect, test } from 'vitest'
import { describedServices, services } from '../../src/services/registry.ts'
import { ask, newProject } from '../support/api.ts'
import { document } from './document.ts'
import { type Row, today } from './today.ts'

const GITLAB_ONLY = [
  'alerts',
  'amazon-q',
  'beyond-identity',
  'gitlab-slack-application',
  'google-cloud-platform-artifact-registry',
  'google-cloud-platform-workload-identity-federation',
  'jira-cloud-app',
  'mock-ci',
  'mock-deployment',
  'mock-monitoring',
]
const DEPRECATED = [
  'alerts',
  'campfire',
  'flowdock',
  'hipchat',
  'jenkins-deprecated',
  'mock-deployment',
  'pivotaltracker',
  'prometheus',
  'shimo',
]

async function newService(slug: string) {
  const { id } = await newProject()
  const path = `projects/${id}/services/${slug}`
  return {
    path,
    list: `projects/${id}/services?active=all`,
    put: (json: object) => ask(path, { method: 'PUT', json }),
    readSecrets: async () => (await ask(`${path}?with_secrets=true`)).body.properties,
  }
}

function valuesOf(rows: readonly { name: string; value: unknown }[]): Record<string, unknown> {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

function startsOf(rows: readonly Row[]) {
  return Object.fromEntries(rows.map(({ name, start }) => [name, start]))
}

/** Flags that are accepted, and follow a parameter all the same (docs/gitlab.md#following-flags). */
const FOLLOWING = ['datadog.pipeline_events']

describe("services of today's GitLab", () => {
  test("today's GitLab has 26 more services, 61 with those of the document", async () => {
    const { id } = await newProject()
    const all = [...document, ...today]
    for (const { slug, rows } of all) {
      const json = valuesOf(rows.filter(isRequired))
      expect(await ask(`projects/${id}/services/${slug}`, { method: 'PUT', json })).toMatchObject({ status: 200 })
    }
    const { body } = await ask(`projects/${id}/integrations`)
    expect([today.length, body.length]).toEqual([26, 61])
    expect(body).toMatchObject(all.map(({ slug, title }) => ({ slug, title, active: true })))
  })

  test.each([
    ['gitlabOnly', GITLAB_ONLY],
    ['deprecated', DEPRECATED],
  ] as const)('each service that is %s says why', (mark, slugs) => {
    const marked = describedServices(true).filter((service) => service[mark] !== undefined)
    expect(marked.map(({ slug }) => slug).toSorted()).toEqual(slugs.toSorted())
    for (const service of marked) expect(service[mark]).toMatch(/^\w.*\.$/)
  })

  test.each(['mock-deployment', 'mock-monitoring'])('%s responds 404 outside development', async (slug) => {
    const { path } = await newService(slug)
    expect((await ask(path, { method: 'PUT', json: {}, env: { ENVIRONMENT: undefined } })).status).toBe(404)
  })

  test.each([
    ['http://discord.com/api/webhooks/1', 'is blocked: Only allowed schemes are https'],
    ['https://discord.com.example.com/api/webhooks/1', 'URL must point to discord.com'],
    ['https://discord.com@example.com/api/webhooks/1', 'URL must point to discord.com'],
    ['https://example.com/discord.com/', 'URL must point to discord.com'],
    ['discord.com/api/webhooks/1', 'must be a valid URL'],
  ])('Discord rejects the webhook %s: it is not of Discord', async (webhook, text) => {
    const { put } = await newService('discord')
    expect(await put({ webhook })).toMatchObject({ status: 400, body: { errors: { webhook: [text] } } })
  })

  test.each([
    'https://discord.com/api/webhooks/1',
    'https://ptb.discord.com/api/webhooks/1',
    'https://canary.discord.com/api/webhooks/1',
    'https://discordapp.com/api/webhooks/1',
  ])('Discord accepts %s as its webhook, and for each channel', async (address) => {
    const { put } = await newService('discord')
    const channels =
      today.find(({ slug }) => slug === 'discord')?.rows.filter(({ name }) => /_channel$/.test(name)) ?? []
    expect(channels).toHaveLength(13)
    const sent = Object.fromEntries(channels.map(({ name }) => [name, address]))
    expect((await put({ webhook: address, ...sent })).status).toBe(200)
    for (const other of [
      'https://example.com/1',
      'http://discord.com/1',
      'https://evil.discord.com/1',
      'https://discord.com:8443/1',
    ]) {
      const { status, body } = await put(Object.fromEntries(channels.map(({ name }) => [name, other])))
      expect([status, Object.keys(body.errors)]).toEqual([400, channels.map(({ name }) => name)])
    }
  })

  test('the channels of Discord whose events it does not have are deprecated', () => {
    const discord = services.find(({ slug }) => slug === 'discord')
    const unused = discord?.params.filter(({ schema }) => schema.meta()?.deprecated).map(({ name }) => name)
    expect(unused).toEqual(['incident_channel', 'alert_channel', 'vulnerability_channel'])
  })

  test('Jira Cloud holds 100 services of Jira Service Management, however long their ids are, and no more', async () => {
    const { put } = await newService('jira-cloud-app')
    const long = `b:${btoa(`ari:cloud:graph::service/${crypto.randomUUID()}/${crypto.randomUUID()}`)}`
    for (const id of [long, long + long.slice(-80), 'b:1']) {
      const jira_cloud_app_service_ids = Array(100).fill(id).join(',')
      const { status, body } = await put({ jira_cloud_app_service_ids })
      expect([status, body.properties?.jira_cloud_app_service_ids]).toEqual([200, jira_cloud_app_service_ids])
      const refused = await put({ jira_cloud_app_service_ids: `${jira_cloud_app_service_ids},${id}` })
      expect([refused.status, Object.keys(refused.body.errors)]).toEqual([400, ['jira_cloud_app_service_ids']])
    }
  })

  test('GitGuardian accepts another address, by https only', async () => {
    const { put } = await newService('git-guardian')
    const json = { token: 'key', api_url: 'https://api.eu1.gitguardian.com' }
    expect((await put(json)).body.properties).toEqual({ api_url: json.api_url })
    expect((await put({ ...json, api_url: 'http://api.gitguardian.com' })).status).toBe(400)
  })

  test('Datadog keeps its default site if none is sent', async () => {
    const { put } = await newService('datadog')
    const { body } = await put({ api_key: 'key', datadog_site: '', api_url: 'https://datadog.example.com' })
    expect(body.properties).toMatchObject({ datadog_site: 'datadoghq.com', api_url: 'https://datadog.example.com' })
  })
})

describe.each(today)('$title', ({ slug, title, rows, flags, on }) => {
  const required = rows.filter(isRequired)
  const secrets = rows.filter(({ secret }) => secret)
  const open = rows.filter(({ secret }) => !secret)
  const endpoints = rows.filter(({ endpoint }) => endpoint)

  test(`${title} needs its required parameters only, and starts with its defaults`, async () => {
    const { put } = await newService(slug)
    const { status, body } = await put(valuesOf(required))
    const isOn = Object.keys(body).filter((key) => /_events$|^comment_on/.test(key) && body[key])
    expect(status).toBe(200)
    expect(body).toMatchObject({ title, slug, active: true, inherited: false })
    expect(isOn.toSorted()).toEqual(on.toSorted())
    expect(body.properties).toEqual({ ...startsOf(open), ...valuesOf(open.filter(isRequired)) })
    for (const { name, required } of secrets) expect(body.secrets[name].set).toBe(required)
  })

  test(`${title} saves all its parameters, hides its secrets, and returns the rest`, async () => {
    const { path, list, put, readSecrets } = await newService(slug)
    const { status, body, headers } = await put(valuesOf(rows))
    expect([status, headers.get('X-Ignored-Parameters')]).toEqual([200, null])
    expect(body.properties).toEqual(valuesOf(open))
    expect(Object.keys(body.secrets).toSorted()).toEqual(secrets.map(({ name }) => name).toSorted())
    expect((await ask(path)).body).toEqual(body)
    expect((await ask(path.replace('services', 'integrations'))).body).toEqual(body)
    const listed = (await ask(`${list}&with_properties=true`)).body
    for (const { value } of secrets) {
      expect(JSON.stringify([body, listed])).not.toContain(JSON.stringify(value).slice(1, -1))
    }
    expect(await readSecrets()).toEqual(valuesOf(rows))
  })

  test(`${title} is saved by a form`, async () => {
    const { path, readSecrets } = await newService(slug)
    const form = Object.fromEntries(rows.map(({ name, value }) => [name, String(value)]))
    expect((await ask(path, { method: 'PUT', form })).status).toBe(200)
    expect(await readSecrets()).toEqual(valuesOf(rows))
  })

  test(`${title} is not saved without a required parameter`, async () => {
    const { path, put } = await newService(slug)
    for (const { name } of required) {
      const { status, body } = await put(valuesOf(rows.filter((row) => row.name !== name)))
      const expected = { error: `${name} is missing`, errors: { [name]: ['is missing'] } }
      expect({ status, body }).toEqual({ status: 400, body: expected })
    }
    expect((await ask(path)).status).toBe(404)
  })

  test(`${title} returns to its defaults when parameters are cleared`, async () => {
    const { put, readSecrets } = await newService(slug)
    await put(valuesOf(rows))
    const optional = rows.filter((row) => !row.required)
    const cleared = Object.fromEntries(optional.map(({ name }) => [name, '']))
    expect((await put({ ...cleared, ...valuesOf(secrets.filter(isRequired)) })).status).toBe(200)
    expect(await readSecrets()).toEqual({ ...valuesOf(required), ...startsOf(optional) })
  })

  test(`${title} switches the flags of its own events, and no others`, async () => {
    const { put } = await newService(slug)
    const { body: before } = await put(valuesOf(required))
    const turn = (names: string[]) => Object.fromEntries(names.map((flag) => [flag, !before[flag]]))
    const turned = turn(flags.filter((flag) => !FOLLOWING.includes(`${slug}.${flag}`)))
    const { status, body, headers } = await put({ commit_events: false, job_events: true, ...turn(flags) })
    expect([status, headers.get('X-Ignored-Parameters')]).toEqual([200, 'commit_events,job_events'])
    expect(body).toEqual({ ...before, ...turned, updated_at: body.updated_at })
  })

  test(`${title} rejects a value of a wrong type, a text that is no address, and one that is too long`, async () => {
    const { path, put } = await newService(slug)
    const errorsFor = async (name: string, value: unknown) => {
      const { status, body } = await put({ ...valuesOf(required), [name]: value })
      expect(status).toBe(400)
      return body.errors
    }
    for (const { name, type, max, start } of rows) {
      expect(await errorsFor(name, { a: 1 })).toEqual({ [name]: ['is invalid'] })
      if (type === 'flag') expect(await errorsFor(name, 'banana')).toEqual({ [name]: ['is invalid'] })
      else if (type === 'link') expect(await errorsFor(name, 'banana')).toEqual({ [name]: ['must be a valid URL'] })
      else if (name.startsWith('branches_') || name.endsWith('_behavior')) {
        expect(await errorsFor(name, `${start}s`)).toEqual({ [name]: ['is not included in the list'] })
      } else {
        const text = `is too long (maximum is ${max} characters)`
        expect(await errorsFor(name, 'a'.repeat(max + 1))).toEqual({ [name]: [text] })
      }
    }
    expect((await ask(path)).status).toBe(404)
  })

  test.each(endpoints)(
    `${title} requires its other secrets again when $name changes`,
    async ({ name, type, value }) => {
      const { put, readSecrets } = await newService(slug)
      const moved = type === 'link' ? `${value}/moved` : `moved.${value}`
      await put(valuesOf(rows))
      const others = secrets.filter((row) => row.name !== name)
      const needed = others.filter(isRequired).map((row) => row.name)
      const { status, body } = await put({ [name]: moved })
      expect({ status, named: Object.keys(body.errors ?? {}) }).toEqual({
        status: needed.length > 0 ? 400 : 200,
        named: needed,
      })
      if (needed.length === 0) {
        expect(await readSecrets()).toMatchObject(Object.fromEntries(others.map((row) => [row.name, null])))
      }
      expect((await put({ [name]: moved, ...valuesOf(others) })).status).toBe(200)
      expect(await readSecrets()).toEqual({ ...valuesOf(rows), [name]: moved })
    },
  )

  test(`${title} responds 404 once it is deleted`, async () => {
    const { path, list, put } = await newService(slug)
    await put(valuesOf(rows))
    expect(await ask(path, { method: 'DELETE' })).toMatchObject({ status: 204, body: null })
    expect(await ask(path)).toMatchObject({ status: 404, body: { message: '404 Service Not Found' } })
    expect((await ask(list)).body).toEqual([])
  })
})

function isRequired({ required }: { required: boolean }): boolean {
  return required
}
