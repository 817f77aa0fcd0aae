import { describe, expect, test } from 'vitest'
import { secret, text } from '../../src/schema/field.ts'
import { kindOf, type Occurrence, toOccurrence } from '../../src/schema/payload.ts'
import { type Given, redactParams, type Service, type Values } from '../../src/schema/service.ts'
import type { Step } from '../../src/schema/step.ts'
import { services } from '../../src/services/registry.ts'
import { contextFor, headersOf, paramsOf, runSteps } from '../support/delivery.ts'
import { fullSet, secretSet } from '../support/samples.ts'
import recorded from './vectors/events.json'

const files = import.meta.glob<{ event: keyof typeof recorded.events; requests: unknown[] }[]>(
  ['./vectors/*.json', '!./vectors/events.json'],
  { eager: true, import: 'default' },
)

const SENTINEL = 'sentinel-5f0c'

/** Lets every event pass the filters, with addresses that lead somewhere. */
const OPEN = {
  branches_to_be_notified: 'all',
  restrict_to_branch: null,
  labels_to_be_notified: null,
  repository_url: 'https://github.com/acme/rocket',
  jira_issue_regex: null,
  jira_issue_prefix: null,
}

const occurrences = Object.values(recorded.events).flatMap((event) => {
  const payload = { ...recorded.shared, ...event }
  return toOccurrence(payload, JSON.stringify(payload)) ?? []
})

describe.each(services.map((service) => [service.slug, service] as const))('%s', (slug, service) => {
  const kinds = Object.keys(service.deliver)

  test('either delivers or says why it never does', () => {
    expect(kinds.length > 0).toBe(service.deliversNothing === undefined)
  })

  test('has a case for every kind of event that it acts on', () => {
    const cases = files[`./vectors/${slug}.json`] ?? []
    const sent = cases.filter(({ requests }) => requests.length > 0)
    const covered = sent.map(({ event }) => kindOf(recorded.events[event]))
    expect(kinds.filter((kind) => !covered.includes(kind))).toEqual([])
  })

  const params = paramsOf(service, { ...fullSet(service), ...secretSet(service, SENTINEL), ...OPEN })

  test('shows no secret in a run with redacted parameters, however it encodes them', () => {
    const shown = occurrences.flatMap((occurrence) => stepsFor(service, occurrence, redactParams(service, params)))
    expect(shown.map(readable).filter((text) => text.includes(SENTINEL))).toEqual([])
  })

  const needsSecret = service.params.some(({ secret, required }) => secret && required)
  test.skipIf(kinds.length === 0 || !needsSecret)('sends a secret that it demands', () => {
    const sent = occurrences.flatMap((occurrence) => stepsFor(service, occurrence, params))
    expect(sent.map(readable).some((text) => text.includes(SENTINEL))).toBe(true)
  })
})

function stepsFor(service: Service, occurrence: Occurrence, params: Values): Step[] {
  return runSteps(service, occurrence, params, contextFor(occurrence)).steps
}

/** All that a step sends, decoded from whatever encodings services use. */
function readable(step: Step): string {
  const sent = JSON.stringify([step, headersOf(step)])
  const tokens = sent.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? []
  return [sent, decodeURIComponent(sent.replaceAll(/%(?![0-9A-F]{2})/gi, '%25')), ...tokens.map(fromBase64)].join('\n')
}

function fromBase64(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

test('parameters reach deliver as null if they are optional and not set', () => {
  const params = { needed: text('A text'), token: secret(text('A secret')).optional() }
  const given: Given<typeof params> = { needed: 'x', token: null }
  expect(given.token).toBeNull()
})
