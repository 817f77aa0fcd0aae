import { describe, expect, test } from 'vitest'
import { ask } from '../support/api.ts'
import { NONE, newList, putYaml } from '../support/plans.ts'

const YAML = { 'Content-Type': 'application/yaml' }

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
