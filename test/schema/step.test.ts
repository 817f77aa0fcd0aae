import { describe, expect, test } from 'vitest'
import {
  ask,
  basic,
  form,
  type HttpStep,
  isRepeatable,
  joinUrl,
  json,
  judge,
  parseJson,
  type StepResponse,
  type Steps,
  type Verdict,
  withQuery,
} from '../../src/schema/step.ts'
import { responseOf } from '../support/delivery.ts'

const STEP: HttpStep = { method: 'POST', url: 'https://example.com/' }

describe('a step', () => {
  test('a step of JSON has a content type without charset', () => {
    expect(json('https://example.com/', { a: 1 })).toEqual({
      method: 'POST',
      url: 'https://example.com/',
      headers: { 'Content-Type': 'application/json' },
      body: '{"a":1}',
    })
  })

  test('a step of a form encodes its fields', () => {
    expect(form('https://example.com/', { a: 'x y&z' }).body).toBe('a=x+y%26z')
  })

  test('a step has no authentication if both parts are blank', () => {
    expect(basic(null, '')).toEqual({})
    expect(basic('user', null)).toEqual({ auth: { basic: ['user', ''] } })
  })

  test('joins addresses with one slash', () => {
    expect(joinUrl('https://example.com/ci//', '/hook')).toBe('https://example.com/ci/hook')
    expect(joinUrl('https://example.com', 'hook')).toBe('https://example.com/hook')
  })

  test('a step keeps a signed query byte for byte when one is added', () => {
    expect(withQuery('https://example.com/?sp=%2ftriggers&sig=a+b', { wait: 'true' })).toBe(
      'https://example.com/?sp=%2ftriggers&sig=a+b&wait=true',
    )
    expect(withQuery('https://example.com/', { a: ' ' })).toBe('https://example.com/?a=+')
    expect(withQuery('https://example.com/', {})).toBe('https://example.com/')
  })

  test('a step is safe to repeat unless it is a POST that does not say so', () => {
    expect(isRepeatable(STEP)).toBe(false)
    expect(isRepeatable({ ...STEP, repeatable: true })).toBe(true)
    expect(isRepeatable({ ...STEP, method: 'PUT' })).toBe(true)
  })

  test('receives what its read made of the response', () => {
    function* steps(): Steps {
      const status = yield* ask(STEP, (response) => response.status)
      if (status === 404) return 'there is no such task'
      yield { ...STEP, body: String(status) }
    }
    const run = (status: number) => {
      const generator = steps()
      const first = generator.next().value as HttpStep
      return generator.next(first.read?.(responseOf(status)))
    }
    expect(run(404)).toEqual({ done: true, value: 'there is no such task' })
    expect(run(200)).toEqual({ done: false, value: { ...STEP, body: '200' } })
  })

  test('a step reads a body that is no JSON as undefined', () => {
    expect(parseJson(responseOf(200, '<html>'))).toBeUndefined()
    expect(parseJson(responseOf(200, '{"ok":true}'))).toEqual({ ok: true })
  })
})

describe('a response', () => {
  test.each<[number, Verdict]>([
    [200, 'accepted'],
    [204, 'accepted'],
    [302, 'fix'],
    [400, 'fix'],
    [401, 'dead'],
    [403, 'dead'],
    [404, 'dead'],
    [408, 'again'],
    [410, 'dead'],
    [413, 'fix'],
    [422, 'fix'],
    [425, 'again'],
    [429, 'wait'],
    [500, 'again'],
    [503, 'again'],
  ])('a response with status %i is judged as %s', (status, verdict) => {
    expect(judge(STEP, responseOf(status))).toEqual({ verdict })
  })

  test('a response with a time to wait is judged as wait', () => {
    const response: StepResponse = { status: 503, header: () => '30', text: '' }
    expect(judge(STEP, response)).toEqual({ verdict: 'wait' })
  })

  test('a response by which the network of the receiver blocks our address is judged as blocked', () => {
    expect(judge(STEP, responseOf(429, 'error code: 1015'))).toEqual({ verdict: 'blocked' })
  })

  test("a response is judged by the step's own rule first, and by what it tolerates before that", () => {
    const step: HttpStep = { ...STEP, judge: () => ({ verdict: 'confirmed' }) }
    expect(judge(step, responseOf(404))).toEqual({ verdict: 'confirmed' })
    expect(judge({ ...step, tolerates: ({ status }) => status === 500 }, responseOf(500))).toEqual({
      verdict: 'accepted',
    })
  })

  test.each([500, 502, 503, 504])('a response with status %i is no success, whatever its body says', (status) => {
    const confirmed: HttpStep = { ...STEP, judge: () => ({ verdict: 'confirmed' }) }
    expect(judge(confirmed, responseOf(status, { ok: true }))).toEqual({ verdict: 'again' })
    const dead: HttpStep = { ...STEP, judge: () => ({ verdict: 'dead', reason: 'gone' }) }
    expect(judge(dead, responseOf(status))).toEqual({ verdict: 'dead', reason: 'gone' })
  })
})
