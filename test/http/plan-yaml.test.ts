import { describe, expect, test } from 'vitest'
import { ask } from '../support/api.ts'
import { NONE, newList, putYaml } from '../support/plans.ts'

const YAML = { 'Content-Type': 'application/yaml' }

describe('YAML', () => {
  test.each(['application/yaml', 'application/x-yaml', 'text/yaml', 'Text/YAML; charset=utf-8'])(
    'YAML is accepted as %s, and its scalars are text',
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

  test('YAML names that start with x- or a dot are the author’s own at the top of a plan, as places of anchors', async () => {
    const { id, list } = await newList()
    const text = `
x-chat: &chat
  webhook: https://hooks.example.com/1
.quiet: &quiet
  <<: *chat
  push_events: no
x-"{odd} name": [1, 2]
services:
  slack: *chat
  mattermost: *quiet
`
    expect((await putYaml(list, text)).body.summary).toEqual({ ...NONE, create: 2 })
    const json = { services: {}, 'x-note': { 'a b': 1 }, '.note': 'b' }
    expect((await ask(list, { method: 'PUT', json })).status).toBe(200)
    const many = { ...json, projects: { ids: [id] } }
    expect((await ask('/api/v4/services/apply', { method: 'PUT', json: many })).status).toBe(200)
  })

  test.each(['note', '_note', 'X-Note', 'x', 'xnote'])(
    'another unknown name at the top is an error: %s',
    async (name) => {
      const { list } = await newList()
      const { status, body } = await putYaml(list, `services: {}\n${name}: 1\n`)
      expect([status, body.errors]).toEqual([400, { [name]: ['is unknown'] }])
    },
  )

  test('a control is no name of the author’s own, however it is spelt', async () => {
    const { list } = await newList()
    for (const name of ['.dry_run', '.prune', '.dry-run']) {
      const { status, body } = await putYaml(list, `services: {slack: {webhook: "https://a.example"}}\n${name}: true\n`)
      expect([status, Object.keys(body.errors)]).toEqual([400, [name]])
    }
    expect((await ask(list)).body).toEqual([])
  })

  test('YAML names of the author’s own have no place in a query or in a service', async () => {
    const { list } = await newList()
    expect((await ask(`${list}?x-a=1`, { method: 'PUT', json: { services: {} } })).body.error).toBe('x-a is unknown')
    const { body } = await putYaml(list, 'services: {slack: {webhook: "https://a.example", x-a: 1}}')
    expect(body.ignored).toEqual(['slack.x-a'])
  })

  test.each([
    ['does not end', 'services: {', 1],
    ['has a name twice', 'services:\n  slack: {username: a}\n  slack: {}', 3],
    ['has two documents', 'services: {}\n---\nservices: {}', undefined],
    ['has a tag', 'services: {slack: !secret {}}', 1],
    ['has a tag of another version', '%YAML 1.1\n---\nservices: {slack: !!binary aGk=}', 3],
    ['has a tag of JavaScript', 'services: !!js/function "function () {}"', 1],
    ['refers to an anchor that does not exist', '\nservices: *nowhere', 2],
    ['has more events than any plan', `services: [${'a,'.repeat(30_000)}]`, undefined],
    ['has many names', Array.from({ length: 80_000 }, (_, n) => `k${n}: v`).join('\n'), undefined],
    ['is nested deeply', `services: ${'['.repeat(100_000)}`, 1],
    ['is of broken UTF-8', new Uint8Array([0x61, 0x3a, 0x20, 0xff]), undefined],
    ['is a comment', '# nothing\n', undefined],
    ['is a word', 'just a word', undefined],
    ['is a list', '- a\n- b', undefined],
  ])('YAML that %s is rejected with its line, before authentication', async (_, body, line) => {
    const { list } = await newList()
    const { status, body: response } = await ask(list, { method: 'PUT', token: null, headers: YAML, body })
    const error = `Invalid YAML format${line === undefined ? '' : `: line ${line}`}`
    expect({ status, body: response }).toEqual({ status: 400, body: { error } })
  })

  test('merge keys of YAML are applied in a plan', async () => {
    const { list } = await newList()
    const text = `
services:
  slack: &chat
    webhook: https://hooks.example.com/1
    username: bot
  mattermost:
    <<: *chat
    username: other
`
    expect((await putYaml(list, text)).body.summary).toEqual({ ...NONE, create: 2 })
    const { properties } = (await ask(`${list}/mattermost?with_secrets=true`)).body
    expect(properties).toMatchObject({ webhook: 'https://hooks.example.com/1', username: 'other' })
  })

  test('YAML whose aliases stand for too many values is rejected', async () => {
    const { list } = await newList()
    const lol = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`)}]`),
    ]
    const { status, body } = await putYaml(list, lol.join('\n'))
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too many values' } })
  })

  test('YAML with a cyclic alias is rejected', async () => {
    const { list } = await newList()
    const { status, body } = await putYaml(list, 'services: &a {slack: *a}')
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too deeply nested' } })
  })

  test('an empty YAML body has no services', async () => {
    const { status, body: response } = await putYaml((await newList()).list, '')
    expect({ status, errors: response.errors }).toEqual({ status: 400, errors: { services: ['is missing'] } })
  })

  test('YAML of more than one megabyte is rejected', async () => {
    const { status } = await putYaml((await newList()).list, `services: {}\n#${' '.repeat(1024 * 1024)}`)
    expect(status).toBe(413)
  })

  test('YAML is not accepted for a single service', async () => {
    const { list } = await newList()
    expect((await putYaml(`${list}/slack`, 'webhook: https://hooks.example.com/1')).status).toBe(415)
  })
})
