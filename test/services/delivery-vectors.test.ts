import { describe, expect, test } from 'vitest'
import type { Step } from '../../src/schema/step.ts'
import { services } from '../../src/services/registry.ts'
import { deliver, headersOf, KEY, type Payload, responseOf, type Settings } from '../support/delivery.ts'
import recorded from './vectors/events.json'

interface Case extends Settings {
  title: string
  event: keyof typeof recorded.events
  /** Responses by method and URL; several of one URL come one after the other. */
  responses?: { method: string; url: string; status: number; body?: unknown }[]
  requests: Expected[]
}

/** Expected requests. Of `contains` and the like, all that are there. `<<key>>` is the idempotency key. */
interface Expected {
  method?: string
  url?: string
  headers?: Record<string, string>
  /** The body is the event as it came, or holds it in `payload`. */
  isEvent?: boolean
  isEventInPayload?: boolean
  json?: unknown
  form?: Record<string, unknown>
  text?: string
  contains?: string[]
  containsNot?: string[]
  jsonContains?: object
  mail?: { to?: string[]; bcc?: string[]; subject: string; headers?: Record<string, string> }
  tcp?: { host: string; port: number }
  lines?: unknown[]
}

const files = import.meta.glob<Case[]>(['./vectors/*.json', '!./vectors/events.json'], {
  eager: true,
  import: 'default',
})

describe.each(Object.entries(files).map(([file, cases]) => [file.replace(/^.*\/|\.json$/g, ''), cases] as const))(
  '%s',
  (slug, cases) => {
    const service = services.find((known) => known.slug === slug)

    test.each(cases.map((given) => [given.title, given] as const))('%s', (_, given) => {
      if (!service) throw new Error(`there is no service ${slug}`)
      const payload: Payload = { ...recorded.shared, ...recorded.events[given.event] }
      const { steps } = deliver(service, payload, given, responder(given.responses))
      expect(steps).toHaveLength(given.requests.length)
      given.requests.forEach((expected, at) => {
        expectStep(steps[at], expected, JSON.stringify(payload))
      })
    })
  },
)

function responder(given: Case['responses'] = []) {
  const left = [...given]
  return (step: Step) => {
    const at = left.findIndex(({ method, url }) => 'method' in step && step.method === method && step.url === url)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    return found ? responseOf(found.status, found.body) : responseOf(200, 'ok')
  }
}

function expectStep(step: Step | undefined, expected: Expected, event: string) {
  if (!step) throw new Error('the step is missing')
  expect(headersOf(step)).toMatchObject(expected.headers ?? {})
  if ('mail' in step) return expect(step.mail).toMatchObject(expected.mail ?? { subject: 'no mail was expected' })
  if ('tcp' in step) {
    expect(step.tcp).toMatchObject(expected.tcp ?? { host: 'no line was expected' })
    return expect(step.tcp.lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected.lines)
  }
  expect({ method: step.method, url: urlOf(step.url) }).toEqual({
    method: expected.method,
    url: urlOf(expected.url?.replace('<<key>>', KEY) ?? ''),
  })
  expectBody(step.body ?? '', expected, event)
}

function expectBody(body: string, expected: Expected, event: string) {
  if (expected.isEvent) expect(body).toBe(event)
  if (expected.isEventInPayload) expect(JSON.parse(body)).toEqual({ payload: JSON.parse(event) })
  if (expected.text !== undefined) expect(body).toBe(expected.text)
  if (expected.json !== undefined) expect(JSON.parse(body)).toEqual(expected.json)
  if (expected.jsonContains !== undefined) expect(JSON.parse(body)).toMatchObject(expected.jsonContains)
  const fields = Object.fromEntries(new URLSearchParams(body))
  const isForm = fields.payload !== undefined
  const payload = isForm ? (JSON.parse(fields.payload ?? '') as unknown) : undefined
  if (expected.form) expect(isForm ? { payload } : fields).toEqual(expected.form)
  const text = isForm ? JSON.stringify(payload) : body
  for (const part of expected.contains ?? []) expect(text).toContain(part)
  for (const part of expected.containsNot ?? []) expect(text).not.toContain(part)
}

/** A path may be encoded or not, a port of the scheme written or not. */
function urlOf(text: string): string {
  const { origin, pathname, search } = new URL(text)
  return `${origin}${decodeURIComponent(pathname)}${search}`
}
