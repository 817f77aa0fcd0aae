import { describe, expect, test, vi } from 'vitest'
import type { Param, Service } from '../../src/schema/service.ts'
import { registryFor, services } from '../../src/services/registry.ts'
import { type Answer, ask, call, newPlace, newSettings } from '../support/api.ts'
import { holding } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import {
  fullSet,
  kindOf,
  requiredParams,
  requiredSet,
  sample,
  secretSet,
  valuesOf,
  without,
} from '../support/samples.ts'

const MASKS = [
  ...['********', '*', '••••', '...', '…', 'xxxx', 'XXXX XXXX', ' ******** '],
  ...['[MASKED]', '[masked]', '[REDACTED]', '<hidden>', '(sensitive value)', '<sensitive>', '[secure]', '(sensitive)'],
  ...['***REDACTED***', '**encrypted**', '__REDACTED__', '_hidden_', '{{ filtered }}', '«omitted»', '【masked】'],
  ...['＊＊＊＊', '∗∗∗', '◦◦◦', '（sensitive value）', '［secure］', '＜redacted＞', '『hidden』', '〔hidden〕'],
  ...[
    '<concealed by 1Password>',
    '[this value is hidden]',
    '<value omitted: secret>',
    '[SECRET_MASKED]',
    '(masked-value)',
  ],
]
const MASKED_URLS = [
  'https://hooks.example.com/****',
  'https://••••.example.com/1',
  'https://hooks.example.com/1?key=*****',
]
/** Secrets that only look a little like a mask. */
const NO_MASKS = [
  ...['a****', 'x1', 'masked', 'hidden', '[key]', '(insecure)', '<unhidden>', '**bold**', 'pre[REDACTED]'],
  ...['[REDACTED]post', '{"type":"secure"}', '[["hidden"]]', '-----BEGIN ENCRYPTED PRIVATE KEY-----', 'p4ss***word'],
]
const IS_MASK = 'is a mask, not a value: send the real one, or leave it out'

/** Names that look like a secret, and why they are none. */
const NO_SECRETS: Record<string, string> = {
  'jira.project_key': 'the short name of a Jira project, which stands in front of every issue number',
  'jira.project_keys': 'as project_key, several of them',
  'apple-app-store.app_store_key_id': 'the name that Apple gave the key, which stands in clear in every request',
  'apple-app-store.app_store_private_key_file_name': 'the name of a file',
  'google-play.service_account_key_file_name': 'the name of a file',
  'diffblue-cover.diffblue_access_token_name': 'the name of a token, beside its value',
}

/** Texts of another length than others of their kind. */
const LENGTHS: Record<string, number> = {
  'jira.jira_issue_regex': 255,
  'jira.jira_issue_prefix': 255,
  'harbor.project_name': 255,
  'squash-tm.token': 255,
  'zentao.api_token': 255,
  'zentao.zentao_product_xid': 255,
  'amazon-q.role_arn': 2048,
  'jira-cloud-app.jira_cloud_app_service_ids': 25_600,
}

/** GitLab's flags in GitLab's order, and what they are on a new row (docs/gitlab.md#flags, docs/gitlab.md#defaults). */
const FLAGS: Record<string, boolean> = {
  commit_events: true,
  push_events: true,
  issues_events: true,
  incident_events: false,
  alert_events: true,
  confidential_issues_events: true,
  merge_requests_events: true,
  tag_push_events: true,
  deployment_events: false,
  note_events: true,
  confidential_note_events: true,
  pipeline_events: true,
  wiki_page_events: true,
  job_events: true,
  comment_on_event_enabled: true,
}
const LATE_FLAGS = [
  'work_item_events',
  'confidential_work_item_events',
  'vulnerability_events',
  'build_events',
  'subgroup_events',
  'project_events',
]
const START_OFF: Record<string, string[]> = {
  jenkins: ['merge_requests_events', 'tag_push_events'],
  datadog: ['pipeline_events', 'job_events'],
  'amazon-q': ['merge_requests_events', 'pipeline_events'],
  'gitlab-slack-application': Object.keys(FLAGS).filter((flag) => flag !== 'comment_on_event_enabled'),
  'google-cloud-platform-artifact-registry': Object.keys(FLAGS),
  'google-cloud-platform-workload-identity-federation': Object.keys(FLAGS),
}

const files = import.meta.glob<string>('../../src/services/*.ts', { query: '?raw', import: 'default', eager: true })

describe('the registry', () => {
  test('each service is declared in the file of its slug, and each slug once', () => {
    const declaring = Object.entries(files).filter(([, text]) => text.includes('defineService('))
    const names = declaring.map(([file]) => file.replace(/^.*\/|\.ts$/g, ''))
    expect(services.map(({ slug }) => slug).sort()).toEqual(names.sort())
  })

  test('each exception to the names of secrets is a parameter of a service', () => {
    const names = services.flatMap(({ slug, params }) => params.map(({ name }) => `${slug}.${name}`))
    expect(names).toEqual(expect.arrayContaining(Object.keys(NO_SECRETS)))
  })

  test('requirements depend on existing parameters only', () => {
    const dependent = services.flatMap(({ slug, params }) => {
      const declared = /requiredUnless: (\{.*\}),\n/.exec(files[`../../src/services/${slug}.ts`] ?? '')?.[1] ?? ''
      return (declared.match(/\w+(?=:)/g) ?? []).map((name) => params.some((param) => param.name === name))
    })
    expect(dependent).toEqual([true, true])
  })
})

describe.each(services.map((service) => [service.slug, service] as const))('%s', (slug, service) => {
  const { params } = service
  const secrets = params.filter(({ secret }) => secret)
  const endpoints = params.filter(({ endpoint, secret }) => endpoint && !secret)
  const required = requiredParams(service)
  const flags = [...service.flags]
  const isFollowing = (flag: string) => service.flagsFollowing.some(([follower]) => follower === flag)

  test(`${slug} saves each of its parameters and returns it`, async () => {
    const sent = fullSet(service)
    const { path, saved } = await newSettings(slug, sent)
    const plain = params.filter(({ secret }) => !secret)
    expect(saved.properties).toEqual(
      Object.fromEntries(
        plain.map((param) => [param.name, param.aliasOf ? sent[param.aliasOf] === 'default' : sent[param.name]]),
      ),
    )
    expect(Object.keys(saved.properties)).toEqual(plain.map(({ name }) => name))
    expect((await ask(path)).body).toEqual(saved)
    const { properties } = (await ask(`${path}?with_secrets=true`)).body
    expect(properties).toMatchObject(valuesOf(secrets))
    expect(Object.keys(properties)).toEqual(params.map(({ name }) => name))
  })

  test(`${slug} is saved by a form`, async () => {
    const { path, saved } = await newSettings(slug, fullSet(service))
    const form = Object.entries(fullSet(service)).flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((entry) => [`${name}[]`, entry]) : [[name, String(value)]],
    )
    const { status, body } = await ask(path, { body: new URLSearchParams(form) })
    expect({ status, body }).toEqual({ status: 200, body: saved })
  })

  test(`${slug} reports all missing required parameters at once`, async () => {
    const { path } = await newPlace(slug)
    const missing = (names: string[]) => ({
      error: names.map((name) => `${name} is missing`).join(', '),
      errors: Object.fromEntries(names.map((name) => [name, ['is missing']])),
    })
    const names = required.map(({ name }) => name)
    if (names.length > 0) expect(await ask(path, { json: {} })).toMatchObject({ status: 400, body: missing(names) })
    for (const name of names) {
      const { status, body } = await ask(path, { json: without(requiredSet(service), name) })
      expect({ status, body }).toEqual({ status: 400, body: missing([name]) })
    }
    expect((await ask(path)).status).toBe(404)
    expect((await ask(path, { json: requiredSet(service) })).status).toBe(200)
    expect((await ask(path, { json: {} })).status).toBe(200)
  })

  test(`${slug} rejects blank required parameters, in new settings and saved ones`, async () => {
    if (required.length === 0) return
    const { path, saved } = await newSettings(slug, requiredSet(service))
    for (const value of ['', null, '  ']) {
      // A parameter that only some settings require is by itself a text like any other, and white space is text.
      const blank = required.filter((param) => value !== '  ' || param.required).map(({ name }) => name)
      const body = {
        message: `400 Bad Request - ${blank.map((name) => `${name} can't be blank`).join(', ')}`,
        errors: Object.fromEntries(blank.map((name) => [name, ["can't be blank"]])),
      }
      const json = { ...requiredSet(service), ...Object.fromEntries(blank.map((name) => [name, value])) }
      for (const target of [path, (await newPlace(slug)).path]) {
        const response = await ask(target, { json })
        expect({ status: response.status, body: response.body }).toEqual({ status: 400, body })
      }
    }
    expect((await ask(path)).body).toEqual(saved)
  })

  test(`${slug} ignores an unknown parameter, and names it in X-Ignored-Parameters`, async () => {
    const { path } = await newPlace(slug)
    const json = { ...requiredSet(service), no_such_parameter: 'stray-value', id: slug }
    const { status, headers, body } = await ask(path, { json })
    expect([status, headers.get('X-Ignored-Parameters')]).toEqual([200, 'no_such_parameter,id'])
    expect(JSON.stringify(body)).not.toContain('no_such_parameter')
    expect(await holding('no_such_parameter')).toEqual([])
    expect(await holding('stray-value')).toEqual([])
  })

  test(`${slug} hides each parameter whose name looks like a secret`, () => {
    const suspects = params.filter(({ name }) => /password|token|key|secret|webhook|json|credential/i.test(name))
    const open = suspects.filter(({ secret }) => !secret).map(({ name }) => `${slug}.${name}`)
    expect(open.filter((name) => !NO_SECRETS[name])).toEqual([])
    expect(secrets.map(({ schema }) => schema.meta())).toEqual(
      secrets.map(() => expect.objectContaining({ writeOnly: true, format: 'password' })),
    )
  })

  test(`${slug} marks each address that secrets are sent to as an endpoint`, () => {
    const addresses = params.filter(
      (param) => !param.secret && (kindOf(param) === 'link' || /url|uri|host|server|domain|site/.test(param.name)),
    )
    const names = (list: readonly Param[]) => list.map(({ name }) => name)
    expect(names(endpoints)).toEqual(secrets.length > 0 ? names(addresses) : [])
  })

  test(`${slug} returns its flags with the defaults and in the order of GitLab`, async () => {
    const { body } = await ask((await newPlace(slug)).path, { json: requiredSet(service) })
    const late = LATE_FLAGS.filter((flag) => service.events.some((event) => `${event}_events` === flag))
    const expected = {
      ...FLAGS,
      ...Object.fromEntries((START_OFF[slug] ?? []).map((flag) => [flag, false])),
      inherited: false,
      ...Object.fromEntries(late.map((flag) => [flag, false])),
    }
    const head = ['id', 'title', 'slug', 'created_at', 'updated_at', 'active']
    expect(Object.keys(body)).toEqual([...head, ...Object.keys(expected), 'properties', 'secrets'])
    expect(body).toMatchObject({ title: service.title, slug, active: true, ...expected })
  })

  test(`${slug} switches the flags of its own events, and no others`, async () => {
    const { path, saved } = await newSettings(slug, requiredSet(service))
    const all = [...Object.keys(FLAGS), ...LATE_FLAGS]
    const turned = Object.fromEntries(all.map((flag) => [flag, !saved[flag]]))
    const { status, body, headers } = await ask(path, { json: turned })
    const others = all.filter((flag) => !flags.some((own) => own === flag))
    expect(status).toBe(200)
    const more = others.length > 20 ? [encodeURIComponent('…')] : []
    expect(headers.get('X-Ignored-Parameters')?.split(',') ?? []).toEqual([...others.slice(0, 20), ...more])
    expect(body).toEqual({
      ...saved,
      ...Object.fromEntries(flags.filter((flag) => !isFollowing(flag)).map((flag) => [flag, turned[flag]])),
      updated_at: flags.length === 0 ? saved.updated_at : expect.any(String),
    })
    const blanks = Object.fromEntries(flags.map((flag) => [flag, '']))
    expect((await ask(path, { json: blanks })).body).toMatchObject(Object.fromEntries(flags.map((f) => [f, saved[f]])))
  })

  test(`${slug} sets flags that follow a parameter to its value, whatever is sent for them`, async () => {
    const others = slug === 'amazon-q' ? { availability: 'default_on' } : {}
    const { path } = await newSettings(slug, { ...requiredSet(service), ...others })
    for (const [flag, name] of service.flagsFollowing) {
      expect((await ask(path, { json: { [name]: true, [flag]: false } })).body[flag]).toBe(true)
      expect((await ask(path, { json: { [flag]: false } })).body[flag]).toBe(true)
      expect((await ask(path, { json: { [name]: false, [flag]: true } })).body[flag]).toBe(false)
    }
    expect(service.flagsFollowing.length).toBe(['amazon-q', 'datadog'].includes(slug) ? 2 : 0)
  })

  test(`${slug} accepts the aliases of its flags and parameters`, async () => {
    const { path, saved } = await newSettings(slug, requiredSet(service))
    for (const [alias, name] of Object.entries(service.aliases)) {
      expect(flags).toContain(name)
      expect((await ask(path, { json: { [alias]: !saved[name] } })).body[name]).toBe(!saved[name])
      expect((await ask(path, { json: { [alias]: !saved[name], [name]: saved[name] } })).body[name]).toBe(saved[name])
    }
    for (const { aliasOf } of params) if (aliasOf) expect(params.map(({ name }) => name)).toContain(aliasOf)
  })

  test(`${slug} rejects a text that is too long, and names the limit`, async () => {
    const { path } = await newPlace(slug)
    const limits: Record<string, number> = { link: 2048, host: 1024, lines: 65_536, line: 4096 }
    const texts = params.flatMap((param) => {
      const max = LENGTHS[`${slug}.${param.name}`] ?? limits[kindOf(param)]
      return max === undefined ? [] : [{ param, max }]
    })
    if (texts.length === 0) return
    const filled = (extra: number) =>
      Object.fromEntries(
        texts.map(({ param, max }) => [
          param.name,
          String(sample(param))
            .padEnd(max + extra, kindOf(param) === 'host' ? '.a' : 'a')
            .replace(/\.$/, 'a'),
        ]),
      )
    const tooLong = await ask(path, { json: filled(1) })
    expect(tooLong.status).toBe(400)
    expect(tooLong.body.errors).toEqual(
      Object.fromEntries(texts.map(({ param, max }) => [param.name, [`is too long (maximum is ${max} characters)`]])),
    )
    expect((await ask(path, { json: { ...requiredSet(service), ...filled(0) } })).status).toBe(200)
  })

  test.each([
    { kinds: ['line'], text: 'single lines of text', characters: ['\n', '\t', '\0', '\x7f', '\x85'] },
    { kinds: ['link', 'host'], text: 'URLs and hosts', characters: ['\n', '\t', '\0', '\x7f', '\x85'] },
    {
      kinds: ['lines'],
      text: 'texts of several lines, but for their ends and tabs',
      characters: ['\0', '\x1b', '\x7f'],
    },
  ])(`${slug} rejects control characters in $text`, async ({ kinds, characters }) => {
    const { path } = await newPlace(slug)
    const texts = params.filter((param) => kinds.includes(kindOf(param)))
    if (texts.length === 0) return
    for (const character of characters) {
      const values = texts.map((param) => [param.name, `${sample(param)}${character}z`])
      const { status, body } = await ask(path, { json: { ...requiredSet(service), ...Object.fromEntries(values) } })
      expect({ status, names: Object.keys(body.errors ?? {}) }).toEqual({
        status: 400,
        names: texts.map(({ name }) => name),
      })
    }
  })

  test(`${slug} trims white space around URLs and hosts`, async () => {
    const links = params.filter((param) => ['link', 'host'].includes(kindOf(param)))
    const padded = Object.fromEntries(links.map((param) => [param.name, `\n ${sample(param)}\t `]))
    const { path, saved } = await newSettings(slug, { ...requiredSet(service), ...valuesOf(links) })
    const { status, body } = await ask(path, { json: padded })
    expect({ status, body }).toEqual({ status: 200, body: saved })
  })

  if (secrets.length === 0) return

  test(`${slug} rejects a mask as a secret, in new settings and saved ones`, async () => {
    const place = await newPlace(slug)
    const { path, saved } = await newSettings(slug, fullSet(service))
    for (const mask of MASKS) {
      for (const target of [place.path, path]) {
        const masked = Object.fromEntries(secrets.map(({ name }) => [name, mask]))
        const { status, body } = await ask(target, { json: { ...fullSet(service), ...masked } })
        const texts = secrets.map((param) => [
          param.name,
          expect.arrayContaining([kindOf(param) === 'link' ? 'must be a valid URL' : IS_MASK]),
        ])
        expect({ mask, status, errors: body.errors }).toEqual({ mask, status: 400, errors: Object.fromEntries(texts) })
      }
    }
    expect((await ask(place.path)).status).toBe(404)
    expect((await ask(path)).body).toEqual(saved)
  })

  test(`${slug} returns whether each secret is set, as the last property`, async () => {
    const { saved } = await newSettings(slug, requiredSet(service))
    const names = secrets.map(({ name }) => name)
    expect(Object.keys(saved).at(-1)).toBe('secrets')
    expect(Object.keys(saved.secrets)).toEqual(names)
    for (const { name } of secrets) {
      const isSet = required.some((param) => param.name === name)
      expect(saved.secrets[name]).toEqual(
        isSet
          ? { set: true, fingerprint: expect.stringMatching(/^k1:[0-9a-f]{16}$/), updated_at: saved.updated_at }
          : { set: false, fingerprint: null, updated_at: null },
      )
    }
  })

  test.each(['PUT', 'PATCH'])(
    `${slug} drops its secrets when a %s changes, sets or clears their address`,
    async (method) => {
      const isNeeded = secrets.some((param) => required.includes(param))
      for (const { before, after, name } of endpoints.flatMap((endpoint) => moves(service, endpoint))) {
        const { path, saved } = await newSettings(slug, before)
        const { status, body } = await ask(path, { method, json: { [name]: after } })
        if (isNeeded) {
          const texts = secrets
            .filter((param) => required.includes(param))
            .map((param) => [param.name, [`must be sent again, because ${name} changed`]])
          expect({ status, errors: body.errors }).toEqual({ status: 400, errors: Object.fromEntries(texts) })
          expect((await ask(path)).body).toEqual(saved)
        } else {
          expect(status).toBe(200)
          expect(Object.values(body.secrets)).toEqual(
            secrets.map(() => ({ set: false, fingerprint: null, updated_at: null })),
          )
          expect((await ask(`${path}?with_secrets=true`)).body.properties).toMatchObject(
            Object.fromEntries(secrets.map((param) => [param.name, null])),
          )
        }
        const again = await ask(path, { method, json: { [name]: after, ...valuesOf(secrets) } })
        expect(again.status).toBe(200)
        expect((await ask(`${path}?with_secrets=true`)).body.properties).toMatchObject(valuesOf(secrets))
      }
    },
  )

  test(`${slug} drops its other secrets when a secret endpoint changes`, async () => {
    for (const endpoint of secrets.filter((param) => param.endpoint)) {
      const others = secrets.filter((param) => param !== endpoint)
      const { path, saved } = await newSettings(slug, fullSet(service))
      const { status, body } = await ask(path, { json: { [endpoint.name]: sample(endpoint, 2) } })
      const lost = others.filter((param) => required.includes(param)).map(({ name }) => name)
      expect(Object.keys(body.errors ?? {})).toEqual(lost)
      expect(status).toBe(lost.length > 0 ? 400 : 200)
      if (lost.length > 0) expect((await ask(path)).body).toEqual(saved)
      expect((await ask(path, { json: valuesOf(secrets, 2) })).status).toBe(200)
      // The same value again is no less a change: otherwise the response would tell a guess from a miss.
      const again = await ask(path, { json: { [endpoint.name]: sample(endpoint, 2) } })
      expect(again.status).toBe(lost.length > 0 ? 400 : 200)
    }
  })

  test(`${slug} keeps its secrets when all but their address changes`, async () => {
    const { path, saved } = await newSettings(slug, fullSet(service))
    const others = params.filter((param) => !param.secret && !param.endpoint && !param.aliasOf)
    const trimmed = endpoints.filter((param) => param.address)
    const padded = Object.fromEntries(trimmed.map((param) => [param.name, ` ${sample(param)} `]))
    const json = { ...valuesOf(others, 2), ...padded }
    const { status, body } = await ask(path, { json: { ...json, active: false } })
    expect({ status, secrets: body.secrets }).toEqual({ status: 200, secrets: saved.secrets })
    expect((await ask(`${path}?with_secrets=true`)).body.properties).toMatchObject(valuesOf(secrets))
  })

  test(`${slug} shows no secret in a response, a column or a log`, async () => {
    const SENTINEL = 'Sentinel-8d1c6f'
    const logs: unknown[] = []
    const levels = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const
    const spies = levels.map((level) =>
      vi.spyOn(console, level).mockImplementation((...words) => void logs.push(words)),
    )
    const hidden = secretSet(service, SENTINEL)
    const { list, path } = await newPlace(slug)
    const responses: Answer[] = []
    const tell = async (where: string, json?: object, method?: string) => {
      const response = await ask(where, { ...(json ? { json } : {}), ...(method ? { method } : {}) })
      responses.push(response)
      return response
    }
    const names = params.map(({ name }) => name)
    const wrong = (value: unknown) => Object.fromEntries([...names, ...flags, 'active'].map((name) => [name, value]))

    for (const value of [[SENTINEL], { [SENTINEL]: SENTINEL }, `${SENTINEL}\0`, `${SENTINEL}${'a'.repeat(5000)}`]) {
      expect((await tell(path, wrong(value))).status).toBe(400)
    }
    for (const { name } of required.filter(({ secret }) => !secret)) {
      expect((await tell(path, { ...requiredSet(service), ...hidden, [name]: '' })).status).toBe(400)
    }
    expect((await tell(path, { ...fullSet(service), ...hidden })).status).toBe(200)
    expect((await tell(path, wrong([SENTINEL]))).status).toBe(400)
    await tell(path)
    await tell(list)
    await tell(`${list}?with_properties=true&active=all`)
    await tell(path, hidden)
    await tell(path, { active: false }, 'PATCH')
    for (const { name } of endpoints)
      await tell(path, { [name]: sample(params.find((p) => p.name === name) as Param, 2) })
    expect(await holding(SENTINEL)).toEqual([])
    const opened = await ask(`${path}?with_secrets=true`)
    if (required.some(({ secret }) => secret)) expect(JSON.stringify(opened.body)).toContain(SENTINEL)
    expect((await call(path, { method: 'DELETE' })).status).toBe(204)

    for (const { body, headers } of responses) expect(JSON.stringify([body, ...headers])).not.toContain(SENTINEL)
    expect(await holding(SENTINEL)).toEqual([])
    expect(JSON.stringify(logs)).not.toContain(SENTINEL)
    for (const spy of spies) spy.mockRestore()
  })
})

/** Settings before an endpoint moves, and the value that moves it. */
function moves(service: Service, endpoint: Param) {
  const { name } = endpoint
  const saved = { ...requiredSet(service), ...valuesOf(service.params.filter(({ secret }) => secret)) }
  const changed = { name, before: { ...saved, [name]: sample(endpoint) }, after: sample(endpoint, 2) }
  if (endpoint.required) return [changed]
  return [
    changed,
    { name, before: { ...saved, [name]: sample(endpoint) }, after: '' },
    { name, before: without(saved, name), after: sample(endpoint) },
  ]
}

test.each(['mock-ci', 'mock-deployment', 'mock-monitoring'])('%s is unknown outside development', (slug) => {
  expect([registryFor(true).find(slug)?.slug, registryFor(false).find(slug)]).toEqual([slug, undefined])
})

test.each(MASKED_URLS)('the masked URL %s is refused as a webhook', async (webhook) => {
  const { path, saved } = await newSettings('slack', SLACK)
  const { status, body } = await ask(path, { json: { webhook } })
  expect(status).toBe(400)
  if (URL.canParse(webhook)) expect(body.errors).toMatchObject({ webhook: [IS_MASK] })
  expect((await ask(path)).body).toEqual(saved)
})

test.each(NO_MASKS)('%s is accepted as a secret', async (api_key) => {
  const { path } = await newSettings('asana', { api_key })
  expect((await ask(`${path}?with_secrets=true`)).body.properties.api_key).toBe(api_key)
})
