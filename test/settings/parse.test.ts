import { expect, test } from 'vitest'
import type { Service } from '../../src/schema/service.ts'
import { registryFor } from '../../src/services/registry.ts'
import { parseDesired } from '../../src/settings/desired.ts'
import { parse } from '../../src/settings/parse.ts'

const registry = registryFor(false)
const [slack, jira] = ['slack', 'jira'].map((slug) => registry.find(slug)) as [Service, Service]

test('parse keeps what is readable, and names each parameter that is not', () => {
  const sent = {
    username: 'bot',
    push_events: 'no',
    channel: ['#a'],
    branches_to_be_notified: 'some',
    webhook: 'https://a b',
  }
  const { values, names, invalid, violations, allowed } = parse(slack, sent)
  expect(values).toEqual({ username: 'bot', push_events: false })
  expect([...names].toSorted()).toEqual(Object.keys(sent).toSorted())
  expect(invalid).toEqual(['channel'])
  expect(Object.keys(violations).toSorted()).toEqual(['branches_to_be_notified', 'webhook'])
  expect(allowed).toEqual({ branches_to_be_notified: ['all', 'default', 'protected', 'default_and_protected'] })
})

test('parse leaves out what is not sent, and clears what is blank', () => {
  expect(parse(slack, {}).values).toEqual({})
  expect(parse(slack, { username: '', channel: null }).values).toEqual({ username: null, channel: null })
})

test('parse ignores names that the service does not have, and reports them as unknown if it is strict', () => {
  const sent = { username: 'bot', stray: 1, constructor: 2 }
  expect(parse(slack, sent)).toMatchObject({ ignored: ['stray', 'constructor'], unknown: [] })
  expect(parse(slack, sent, { isStrict: true })).toMatchObject({ ignored: [], unknown: ['stray', 'constructor'] })
})

test('parseDesired prefixes fields with their service', () => {
  const services = { slack: { stray: 1, branches_to_be_notified: 'some' }, jira: { url: 'https://jira.example.com' } }
  const { services: read, unreadable, allowed, ignored } = parseDesired(services, { registry, isStrict: false })
  expect(read.map(({ service }) => service)).toEqual([slack, jira])
  expect([unreadable, ignored, Object.keys(allowed)]).toEqual([{}, ['slack.stray'], ['slack.branches_to_be_notified']])
})

test('parseDesired rejects unknown services with a guess, and services that are no set of parameters', () => {
  const services = { slak: {}, nothing_like_it: {}, jira: [], 'mock-ci': {} }
  expect(parseDesired(services, { registry, isStrict: false })).toMatchObject({
    services: [],
    unreadable: {
      'services.slak': ['is unknown (did you mean slack?)'],
      'services.nothing_like_it': ['is unknown'],
      'services.jira': ['is invalid'],
      'services.mock-ci': [expect.stringMatching(/^is unknown/)],
    },
  })
})

test('parseDesired rejects dry_run among the parameters of a service', () => {
  const { unreadable } = parseDesired({ slack: { dry_run: true } }, { registry, isStrict: false })
  expect(unreadable).toEqual({ 'slack.dry_run': ['belongs beside services'] })
})
