import { describe, expect, test } from 'vitest'
import { secret, text } from '../../src/schema/field.ts'
import { toOccurrence } from '../../src/schema/payload.ts'
import { type Given, redactParams } from '../../src/schema/service.ts'
import type { Step } from '../../src/schema/step.ts'
import { services } from '../../src/services/registry.ts'
import { contextFor, headersOf, paramsOf, runSteps } from '../support/delivery.ts'
import { fullSet, secretSet } from '../support/samples.ts'
import recorded from './vectors/events.json'

const SENTINEL = 'sentinel-5f0c'

const events = Object.values(recorded.events).map((event) => ({ ...recorded.shared, ...event }))

describe.each(services.map((service) => [service.slug, service] as const))('%s', (_, service) => {
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

test('parameters reach deliver as null if they are optional and not set', () => {
  const params = { needed: text('A text'), token: secret(text('A secret')).optional() }
  const given: Given<typeof params> = { needed: 'x', token: null }
  expect(given.token).toBeNull()
})
