import { describe, expect, test } from 'vitest'
import { secret, text } from '../../src/schema/field.ts'
import { toOccurrence } from '../../src/schema/payload.ts'
import { type Given, redactParams } from '../../src/schema/service.ts'
import type { Step } from '../../src/schema/step.ts'
import { services } from '../../src/services/registry.ts'
import { contextFor, headersOf, paramsOf, runSteps } from '../support/delivery.ts'
import { fullSet, secretSet } from '../support/samples.ts'
import recorded from './vectors/events.json'

/** Services that are still to be built. */
const PENDING = [
PENDINGLIST
]

const files = import.meta.glob<{ event: keyof typeof recorded.events; requests: unknown[] }[]>(
  ['./vectors/*.json', '!./vectors/events.json'],
  { eager: true, import: 'default' },
)

const SENTINEL = 'sentinel-5f0c'

const events = Object.values(recorded.events).map((event) => ({ ...recorded.shared, ...event }))

describe.each(services.map((service) => [service.slug, service] as const))('%s', (slug, service) => {
  const kinds = Object.keys(service.deliver)

  test.skipIf(PENDING.includes(slug))('either delivers or says why it never does', () => {
    expect(kinds.length > 0).toBe(service.deliversNothing === undefined)
  })

  test('has a case for every kind of event that it acts on', () => {
    const cases = files[`./vectors/${slug}.json`] ?? []
    const sent = cases.filter(({ requests }) => requests.length > 0)
    const covered = sent.map(({ event }) => recorded.events[event].object_kind)
    expect(kinds.filter((kind) => !covered.includes(kind))).toEqual([])
  })

  test('shows no secret in a run with redacted parameters, however it encodes them', () => {
    const params = redactParams(service, paramsOf(service, { ...fullSet(service), ...secretSet(service, SENTINEL) }))
    for (const event of events) {
      const occurrence = toOccurrence(event, JSON.stringify(event))
      if (!occurrence) throw new Error('the event is of an unknown kind')
      const { steps } = runSteps(service, occurrence, params, contextFor(occurrence))
      for (const step of steps) expect(readable(step)).not.toContain(SENTINEL)
    }
  })
})

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

test('no service is pending that is built', () => {
  const built = services.filter(({ deliver, deliversNothing }) => deliversNothing || Object.keys(deliver).length > 0)
  expect(built.map(({ slug }) => slug).filter((slug) => PENDING.includes(slug))).toEqual([])
})

test('parameters reach deliver as null if they are optional and not set', () => {
  const params = { needed: text('A text'), token: secret(text('A secret')).optional() }
  const given: Given<typeof params> = { needed: 'x', token: null }
  expect(given.token).toBeNull()
})
