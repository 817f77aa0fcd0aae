import { describe, expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { ask, newToken } from '../support/api.ts'
import { spyOnDatabase } from '../support/database.ts'
import { ASANA, JENKINS, SLACK, snapshot } from '../support/fixtures.ts'
import { bySlug, exportOf, NONE, newList, putPlan, putYaml } from '../support/plans.ts'
import { fullSet, requiredSet } from '../support/samples.ts'

describe('an export', () => {
  test.each([undefined, 'application/yaml'])(
    'an export of all services changes nothing when it is applied: %s',
    async (accept) => {
      const { id, list } = await newList(
        bySlug((service) => ({ ...fullSet(service), active: service.slug !== 'slack' })),
      )
      const before = await snapshot(id)
      const { type, text } = await exportOf(list, accept)
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
    'an export of the least that there is changes nothing either: %s',
    async (accept) => {
      const { list } = await newList(bySlug(requiredSet))
      const { type, text } = await exportOf(list, accept)
      const { body } = await ask(list, { method: 'PUT', headers: { 'Content-Type': type ?? '' }, body: text })
      expect(body.summary).toEqual({ ...NONE, unchanged: services.length })
    },
  )

  test('an export brings back, where secrets are still there, what was changed since', async () => {
    const { list } = await newList({ slack: { ...SLACK, username: 'a' } })
    const { text } = await exportOf(list)
    await putPlan(list, { slack: { username: 'b', channel: '#b', push_events: false, active: false } })
    const { body } = await ask(list, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: text })
    expect(body.changes[0].fields).toEqual([
      { field: 'active', from: false, to: true },
      { field: 'push_events', from: false, to: true },
      { field: 'username', from: 'b', to: 'a' },
      { field: 'channel', from: '#b', to: null },
    ])
  })

  test('an export keeps text as it is', async () => {
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
      const { text } = await exportOf(list, 'application/yaml')
      expect([username, (await putYaml(list, text)).body.summary]).toEqual([username, { ...NONE, unchanged: 1 }])
    }
    const lines = ['a\nb', 'a\n', '\na', ' a\n  b', 'a\r\nb', 'a\tb\n\n', '#a\n---\nb', '%a\n...\n']
    for (const datadog_tags of lines) {
      const { list } = await newList({ datadog: { api_key: 'k', datadog_tags } })
      const { text } = await exportOf(list, 'application/yaml')
      expect([datadog_tags, (await putYaml(list, text)).body.summary]).toEqual([
        datadog_tags,
        { ...NONE, unchanged: 1 },
      ])
    }
  })

  test('an export leaves secrets out, and says in YAML which are set', async () => {
    const { list } = await newList({ jenkins: JENKINS, asana: ASANA, slack: SLACK })
    const files = [await exportOf(list), await exportOf(list, 'application/yaml')]
    for (const { text } of files) expect(text).not.toMatch(/Own-|hooks\.example|fingerprint/)
    expect(files[1]?.text).toContain('  jenkins:\n    # set, and kept where not sent: password\n    active: true\n')
    expect(Object.keys(JSON.parse(files[0]?.text ?? '').services)).toEqual(['asana', 'jenkins', 'slack'])
  })

  test('an export holds what is inactive too, whatever else the query says', async () => {
    const { list } = await newList({ slack: { ...SLACK, active: false }, asana: ASANA })
    const { body } = await ask(`${list}?export=true&active=true&event=push&with_properties=true`)
    expect(Object.keys(body.services)).toEqual(['asana', 'slack'])
    expect(body.services.slack.active).toBe(false)
  })

  test('an export makes one trip', async () => {
    const { list } = await newList({ slack: SLACK })
    const { DB, trips } = spyOnDatabase()
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
  ])('an export for Accept: %s is of %s', async (accept, type) => {
    const { list } = await newList({ slack: SLACK })
    expect((await exportOf(list, accept)).type).toBe(type)
  })

  test('an export of nothing is a plan of nothing', async () => {
    const { list } = await newList()
    const { type, text } = await exportOf(list, 'application/yaml')
    expect([type, (await putYaml(list, text)).status]).toEqual(['application/yaml', 200])
  })

  test('an export is for those who may read settings', async () => {
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
