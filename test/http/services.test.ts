import { beforeAll, describe, expect, test } from 'vitest'
import { eventNames } from '../../src/schema/events.ts'
import { services } from '../../src/services/registry.ts'
import { ask, call, newPlace, newProject, newSettings, newToken } from '../support/api.ts'
import { SLACK } from '../support/fixtures.ts'
import { fullSet, requiredSet } from '../support/samples.ts'

/** The queries of the list that are choices. */
const CHOICES: Readonly<Record<string, readonly string[]>> = { active: ['true', 'false', 'all'], event: eventNames }

describe('the list', () => {
  let list = ''
  beforeAll(async () => {
    list = `projects/${(await newProject()).id}/services`
    const sent: Record<string, object> = {
      slack: { ...SLACK, note_events: false, deployment_events: true },
      asana: { api_key: 'Own-Key', active: false },
      jira: { url: 'https://jira.example.com', username: 'user', password: 'Own-Pass' },
      'external-wiki': { external_wiki_url: 'https://wiki.example.com' },
      jenkins: { jenkins_url: 'https://ci.example.com', project_name: 'a' },
      teamcity: {
        teamcity_url: 'https://ci.example.com',
        build_type: 'b',
        username: 'u',
        password: 'Own-Pass',
        push_events: false,
      },
    }
    for (const [slug, json] of Object.entries(sent)) await ask(`${list}/${slug}`, { json })
  })

  const all = ['slack', 'asana', 'jira', 'external-wiki', 'jenkins', 'teamcity']
  const active = all.filter((slug) => slug !== 'asana')

  test.each([
    ['', active],
    ['?active=true', active],
    ['?active=True', active],
    ['?active=1', active],
    ['?active=on', active],
    ['?active=false', ['asana']],
    ['?active=FALSE', ['asana']],
    ['?active=No', ['asana']],
    ['?active=all', all],
    ['?event=push', ['slack', 'jenkins']],
    ['?event=push_events', ['slack', 'jenkins']],
    ['?event=push&active=all', ['slack', 'asana', 'jenkins']],
    ['?event=push&active=false', ['asana']],
    ['?event=merge_requests', ['slack', 'jira', 'teamcity']],
    ['?event=commit', ['slack', 'jira']],
    ['?event=note', []],
    ['?event=deployment', ['slack']],
    ['?event=deployment_events', ['slack']],
    ['?event=incident', []],
    ['?event=work_item', []],
    ['?page=2&per_page=1', active],
    ['?search=slack', active],
    ['?with_properties=false', active],
  ])('%s holds %j', async (query, slugs) => {
    const { status, body, headers } = await ask(list + query)
    expect([status, body.map(({ slug }: { slug: string }) => slug)]).toEqual([200, slugs])
    expect([...headers.keys()].filter((name) => /^(x-total|x-page|x-next|link)/.test(name))).toEqual([])
    for (const row of body) expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['properties']))
  })

  test.each([
    ['?active=banana', 'active'],
    ['?active=', 'active'],
    ['?active=true&active=all', 'active'],
    ['?event=banana', 'event'],
    ['?event=', 'event'],
    ['?event=Push', 'event'],
    ['?event=push_events_events', 'event'],
    ['?event=comment_on_event_enabled', 'event'],
    ['?event=constructor', 'event'],
    ['?with_properties=banana', 'with_properties'],
    ['?with_secrets=banana', 'with_secrets'],
  ])('%s is refused', async (query, name) => {
    const { status, body } = await ask(list + query)
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: `${name} is invalid`,
        errors: { [name]: ['is invalid'] },
        ...(CHOICES[name] && { allowed: { [name]: CHOICES[name] } }),
      },
    })
  })

  test('the list is of the short shape, and of the long one on request', async () => {
    const short = (await ask(list)).body
    const long = (await ask(`${list}?with_properties=true`)).body
    expect(long).toEqual(await Promise.all(active.map(async (slug) => (await ask(`${list}/${slug}`)).body)))
    expect(short).toEqual(long.map(({ properties, secrets, ...rest }: Record<string, unknown>) => rest))
    expect(JSON.stringify([short, long])).not.toMatch(/Own-|hooks\.example/)
  })

  test('the list gives the secrets only where they are asked for, and then the long shape', async () => {
    const { body } = await ask(`${list}?with_secrets=true&active=all`)
    expect(
      body.map(({ slug, properties }: { slug: string; properties: Record<string, unknown> }) => [
        slug,
        properties.webhook ?? properties.api_key ?? properties.password,
      ]),
    ).toEqual([
      ['slack', SLACK.webhook],
      ['asana', 'Own-Key'],
      ['jira', 'Own-Pass'],
      ['external-wiki', undefined],
      ['jenkins', null],
      ['teamcity', 'Own-Pass'],
    ])
  })

  test('the list is ordered by id, also when a row was made again', async () => {
    const { path, list: own } = await newSettings('slack', SLACK)
    await ask(`${own}/asana`, { json: { api_key: 'a' } })
    await call(path, { method: 'DELETE' })
    await ask(path, { json: SLACK })
    expect((await ask(own)).body.map(({ slug }: { slug: string }) => slug)).toEqual(['asana', 'slack'])
  })

  test('the list of a project without settings is empty, and one with all of them is whole', async () => {
    const { list: own } = await newPlace('slack')
    expect((await ask(own)).body).toEqual([])
    for (const service of services)
      expect((await ask(`${own}/${service.slug}`, { json: fullSet(service) })).status).toBe(200)
    expect((await ask(`${own}?with_secrets=true`)).body.map(({ slug }: { slug: string }) => slug)).toEqual(
      services.map(({ slug }) => slug),
    )
  })
})

describe('a slug', () => {
  const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE']

  test.each([
    ['slak', 'Did you mean slack?'],
    ['Slack', 'Did you mean slack?'],
    ['hipchat2', 'Did you mean hipchat?'],
    ['slack_slash_commands', 'Did you mean slack-slash-commands?'],
    ['mattermost_slash_commands', 'Did you mean mattermost-slash-commands?'],
    ['no-such-service-at-all', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
  ])('%s is unknown on every method', async (slug, detail) => {
    const { path } = await newPlace(slug)
    for (const method of METHODS) {
      const { status, body } = await ask(path, { method, ...(method === 'GET' ? {} : { json: {} }) })
      expect({ status, body }).toEqual({
        status: 404,
        body: { message: '404 Service Not Found', ...(detail ? { detail } : {}) },
      })
    }
  })

  test('a slug that was never configured is 404 on a GET', async () => {
    const { status, body } = await ask((await newPlace('slack')).path)
    expect({ status, body }).toEqual({ status: 404, body: { message: '404 Service Not Found' } })
  })

  test.each([undefined, 'production', 'Development', ''])(
    'mock-ci is unknown where ENVIRONMENT is %j',
    async (ENVIRONMENT) => {
      const { path, list } = await newPlace('mock-ci')
      const json = { mock_service_url: 'http://localhost:4004' }
      expect((await ask(path, { json })).status).toBe(200)
      const bindings = { env: { ENVIRONMENT } }
      for (const method of METHODS) {
        const { status, body } = await ask(path, { method, ...(method === 'GET' ? {} : { json }), ...bindings })
        expect([status, body.message]).toEqual([404, '404 Service Not Found'])
      }
      expect((await ask(list, bindings)).body).toEqual([])
      expect((await ask(`${list}/mock-cj`, bindings)).body.detail).toBeUndefined()
      expect((await ask(path)).status).toBe(200)
    },
  )

  test('a slug stands under both names of the resource, with the same settings', async () => {
    const { id, path, saved } = await newSettings('slack', SLACK)
    const other = `projects/${id}/integrations/slack`
    expect((await ask(other)).body).toEqual(saved)
    expect((await ask(`projects/${id}/integrations`)).body).toHaveLength(1)
    const { body } = await ask(other, { json: { username: 'bot' } })
    expect((await ask(path)).body).toEqual(body)
    expect((await ask(`/projects/${id}/services/slack`)).body).toEqual(body)
    expect((await ask(`/projects/${id}/integrations/slack`)).body).toEqual(body)
    expect((await call(other, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(path)).status).toBe(404)
  })
})

describe('X-Ignored-Parameters', () => {
  const MORE = encodeURIComponent('…')
  const names = (count: number) => Array.from({ length: count }, (_, n) => `stray_${n}`)

  test.each([
    ['64 characters', [`${'parameter_'.repeat(6)}name`], `${'parameter_'.repeat(6)}name`],
    ['twenty names', names(20), names(20).join(',')],
    ['twenty-one names', names(21), `${names(20).join(',')},${MORE}`],
    ['names in their order', ['b', 'a', 'slug'], 'b,a,slug'],
  ])('X-Ignored-Parameters holds %s', async (_, sent, header) => {
    const { path } = await newPlace('asana')
    const json = { api_key: 'k', ...Object.fromEntries(sent.map((name) => [name, 'x'])) }
    const { status, headers } = await ask(path, { json })
    expect([status, headers.get('X-Ignored-Parameters')]).toEqual([200, header])
  })

  test.each(['a,b c', 'a\r\nSet-Cookie: b=c', 'schlüssel', '\ud800', 'a'.repeat(65)])(
    'X-Ignored-Parameters never holds what cannot be the name of a parameter: %j',
    async (name) => {
      const { path } = await newSettings('asana', { api_key: 'k' })
      const { status, headers, body } = await ask(path, { json: { [name]: 'x' } })
      expect([status, body, headers.get('X-Ignored-Parameters')]).toEqual([400, { error: 'Invalid JSON format' }, null])
    },
  )

  test('X-Ignored-Parameters names those of the query too, and of a PATCH', async () => {
    const { path } = await newSettings('asana', { api_key: 'k' })
    const { headers } = await ask(`${path}?from_query=1`, { method: 'PATCH', json: { from_body: 1 } })
    expect(headers.get('X-Ignored-Parameters')).toBe('from_query,from_body')
  })

  test('X-Ignored-Parameters is missing where nothing was ignored', async () => {
    const { path } = await newPlace('asana')
    expect((await ask(path, { json: { api_key: 'k' } })).headers.has('X-Ignored-Parameters')).toBe(false)
  })

  test('X-Ignored-Parameters names a flag of an event that is not the service’s own', async () => {
    const { path, saved } = await newSettings('asana', { api_key: 'k' })
    const { headers, body } = await ask(path, { json: { note_events: false } })
    expect([headers.get('X-Ignored-Parameters'), body]).toEqual(['note_events', saved])
  })
})

test('every service refuses another tenant, and serves its own', async () => {
  const [{ id }, { id: other }] = [await newProject(), await newProject()]
  const { token } = await newToken(id)
  for (const service of services) {
    const json = requiredSet(service)
    expect((await ask(`projects/${id}/services/${service.slug}`, { token, json })).status).toBe(200)
    expect((await ask(`projects/${other}/services/${service.slug}`, { token, json })).status).toBe(404)
  }
})
