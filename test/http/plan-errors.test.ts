import { describe, expect, test } from 'vitest'
import { ask, newToken } from '../support/api.ts'
import { entriesOf, JENKINS, SLACK, savedIn } from '../support/fixtures.ts'
import { bySlug, newList, putPlan } from '../support/plans.ts'
import { requiredSet } from '../support/samples.ts'

/** Fields that one error names. */
const MAX_FIELDS = 20

describe('a plan is refused', () => {
  test('a plan is refused with all that is wrong with all of it, and no value', async () => {
    const { id, list } = await newList({ slack: SLACK })
    const { status, body } = await putPlan(list, {
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

  test('a plan is refused for rules alone as a rule that is broken', async () => {
    const { list } = await newList({ slack: SLACK })
    const { status, body } = await putPlan(list, {
      slack: { branches_to_be_notified: 'some' },
      'external-wiki': { external_wiki_url: 'ftp://wiki.example.com', use_inherited_settings: true },
    })
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        allowed: {
          'slack.branches_to_be_notified': ['all', 'default', 'protected', 'default_and_protected'],
        },
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

  test('a plan returns the same errors as a PUT of each service', async () => {
    const { list } = await newList()
    const all = Object.entries(bySlug((service) => ({ ...requiredSet(service), active: 'perhaps' })))
    for (let at = 0; at < all.length; at += MAX_FIELDS) {
      const some = all.slice(at, at + MAX_FIELDS)
      const { body } = await putPlan(list, Object.fromEntries(some))
      const expected = some.map(async ([slug, json]) => {
        const { errors } = (await ask(`${list}/${slug}`, { json })).body
        return Object.entries(errors).map(([name, texts]) => [`${slug}.${name}`, texts])
      })
      expect(body.errors).toEqual(Object.fromEntries((await Promise.all(expected)).flat()))
    }
  })

  test('a plan is refused where an address leads to the local network, and that is not allowed', async () => {
    const { list } = await newList()
    const env = { ALLOW_LOCAL_NETWORK: 'false' }
    const { body } = await putPlan(list, { jenkins: { ...JENKINS, jenkins_url: 'http://127.0.0.1/' } }, {}, { env })
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
  ])('a plan is refused of %s', async (_, json, errors) => {
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
  ])('a plan is refused of %s', async (_, wanted, error) => {
    const { status, body } = await putPlan((await newList()).list, wanted)
    expect({ status, body }).toEqual({ status: 400, body: { error } })
  })

  test('a plan rejects unknown names beside its services, whether strict or not', async () => {
    const { id, list } = await newList({ slack: SLACK })
    for (const headers of [{}, { Prefer: 'handling=strict' }, { Prefer: 'handling=lenient' }]) {
      const { status, body } = await putPlan(list, {}, { pruned: true, service: {} }, { headers })
      expect({ status, body }).toEqual({
        status: 400,
        body: {
          error: 'pruned is unknown, service is unknown',
          errors: { pruned: ['is unknown'], service: ['is unknown'] },
        },
      })
    }
    expect(await savedIn(id)).toHaveLength(1)
  })

  test('a strict plan rejects unknown parameters of its services', async () => {
    const { id, list } = await newList()
    const headers = { Prefer: 'handling=strict' }
    const { status, body, headers: sent } = await putPlan(list, { slack: { ...SLACK, colour: 'red' } }, {}, { headers })
    expect([status, body.errors, sent.get('Preference-Applied')]).toEqual([
      400,
      { 'slack.colour': ['is unknown'] },
      'handling=strict',
    ])
    expect(await savedIn(id)).toHaveLength(0)
  })

  test.each(['dry_run', 'dry-run', 'prune'])('a plan rejects %s inside a service', async (name) => {
    const { id, list } = await newList()
    const { status, body } = await putPlan(list, { slack: { ...SLACK, [name]: true } })
    expect([status, body.errors]).toEqual([400, { [`slack.${name}`]: ['belongs beside services'] }])
    expect(await savedIn(id)).toHaveLength(0)
  })

  test('a plan lists the choices of parameters that have another value', async () => {
    const { list } = await newList()
    const jira = { url: 'https://jira.example.com', username: 'u', password: 'p', jira_auth_type: 7 }
    const { body } = await putPlan(list, { slack: { ...SLACK, branches_to_be_notified: 'some' }, jira })
    expect(body.allowed).toEqual({
      'slack.branches_to_be_notified': ['all', 'default', 'protected', 'default_and_protected'],
      'jira.jira_auth_type': [0, 1],
    })
  })

  test('a plan is refused from whoever may not write, and of a project that is not theirs', async () => {
    const [{ id, list }, other] = [await newList(), await newList()]
    const send = async (token: string | null, path = list) =>
      (await putPlan(path, { slack: SLACK }, { dry_run: true }, { token })).status
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
