import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Kind, type Occurrence, toOccurrence } from '../../src/schema/payload.ts'
import { redactParams, type Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { contextFor, paramsOf, responseOf, runSteps } from '../support/delivery.ts'
import { fullSet } from '../support/samples.ts'
import recorded from './vectors/events.json'

/** A lone half of a character is valid JSON, and no valid text: addresses cannot be made of it. */
const ODD = ['\ud800', '', '0'.repeat(40), 'https://', '%', 'refs/heads/', '\0', '𝒳'.repeat(300)]

const value = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ODD) },
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 2 }),
)

const body = fc.oneof(
  fc.constantFrom('', '{}', '[]', 'null', '{"data":null}', 'ok', '<html>'),
  fc.json({ maxDepth: 3 }),
)
const response = fc.record({ status: fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 404, 429, 500), body })

const events = Object.values(recorded.events).map((event) => ({ ...recorded.shared, ...event }))
const delivering = services.filter(({ deliver }) => Object.keys(deliver).length > 0)

describe.each(delivering.map((service) => [service.slug, service] as const))('%s', (_, service) => {
  test('delivers or declines any event whatever its fields are and whatever receivers respond', async () => {
    const acted = events.filter((event) => 'object_kind' in event && service.deliver[event.object_kind as Kind])
    const changed = fc
      .record({
        event: fc.constantFrom(...acted),
        places: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
        value,
      })
      .map(({ event, places, value }) => places.reduce((result, place) => withValue(result, place, value), event))
    await fc.assert(
      fc.property(changed, fc.array(response, { maxLength: 8 }), (event, responses) => {
        const occurrence = toOccurrence(event, JSON.stringify(event))
        // A changed object_kind may be any word.
        if (occurrence) expectSteps(service, occurrence, responses)
      }),
      { numRuns: 150 },
    )
  })
})

function expectSteps(service: Service, occurrence: Occurrence, responses: readonly { status: number; body: string }[]) {
  const params = paramsOf(service, { ...fullSet(service), branches_to_be_notified: 'all', restrict_to_branch: null })
  const left = [...responses]
  const respond = () => responseOf(left[0]?.status ?? 200, left.shift()?.body ?? '')
  const { steps } = runSteps(service, occurrence, params, contextFor(occurrence), respond)
  for (const step of steps) {
    if ('tcp' in step) expect(step.tcp.lines.filter((line) => /[\r\n]/.test(line))).toEqual([])
    else if ('mail' in step) expect(JSON.stringify([step.mail.subject, step.mail.headers])).not.toMatch(/\\[rn]/)
    else expect(URL.canParse(step.url)).toBe(true)
    if ('method' in step) expect(() => new Headers({ ...step.headers })).not.toThrow()
  }
  const shown = redactParams(service, params)
  expect(() => runSteps(service, occurrence, shown, contextFor(occurrence), respond)).not.toThrow()
}

/** The event with the value at one of its places, counted in depth. */
function withValue<T>(event: T, place: number, value: unknown): T {
  let left = place
  const visit = (part: unknown): unknown => {
    if (left-- === 0) return value
    if (Array.isArray(part)) return part.map(visit)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, visit(inner)]))
  }
  return visit(event) as T
}
