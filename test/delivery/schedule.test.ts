import { describe, expect, test } from 'vitest'
import { delaysAfter, MAX_ATTEMPTS, parseRetryAfter } from '../../src/delivery/schedule.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const MIDDLE = 0.5
const NOW = Date.parse('2026-11-26T12:00:00Z')

const afterAttempt = (attempts: number, retryAfter?: number, random = MIDDLE, inARow = attempts) =>
  delaysAfter({ attempts, inARow, retryAfter }, random)

describe('a delivery that failed waits', () => {
  test.each([
    [1, 5 * SECOND],
    [2, 30 * SECOND],
    [3, 2 * MINUTE],
    [4, 10 * MINUTE],
    [5, 30 * MINUTE],
    [6, HOUR],
    [7, 3 * HOUR],
    [8, 6 * HOUR],
    [9, 12 * HOUR],
  ])('after attempt %d for %d ms', (attempts, wait) => expect(afterAttempt(attempts).delivery).toBe(wait))

  test('a delivery that failed waits for ever after the tenth attempt', () => {
    expect(MAX_ATTEMPTS).toBe(10)
    expect(afterAttempt(MAX_ATTEMPTS).delivery).toBeUndefined()
  })

  test('a fifth less or more, by chance', () => {
    expect(afterAttempt(3, undefined, 0).delivery).toBe(96 * SECOND)
    expect(afterAttempt(3, undefined, 1).delivery).toBe(144 * SECOND)
  })

  test('a delivery that failed waits as long as the receiver asks, if that is longer', () => {
    expect(afterAttempt(1, 90 * SECOND).delivery).toBe(90 * SECOND)
    expect(afterAttempt(3, 90 * SECOND).delivery).toBe(2 * MINUTE)
  })

  test('six hours at most, however long the receiver asks', () => {
    expect(afterAttempt(1, 100 * HOUR).delivery).toBe(6 * HOUR)
  })
})

describe('a destination that fails rests', () => {
  test.each([1, 2, 3])('exactly as long as its delivery waits after attempt %d, so that none passes it', (attempts) => {
    for (const random of [0, 0.3, 0.999]) {
      const { delivery, destination } = afterAttempt(attempts, undefined, random, 7)
      expect(destination).toBe(delivery)
    }
  })

  test('an hour at most from the fourth attempt of a delivery on, so that others are tried', () => {
    expect(afterAttempt(4, undefined, MIDDLE, 4).destination).toBe(5 * MINUTE)
    expect(afterAttempt(9, undefined, MIDDLE, 500).destination).toBe(HOUR)
    expect(afterAttempt(MAX_ATTEMPTS, undefined, MIDDLE, 500).destination).toBe(HOUR)
  })

  test('a destination that fails rests as long as the receiver asks', () =>
    expect(afterAttempt(8, 5 * HOUR).destination).toBe(5 * HOUR))
})

describe('a receiver says when to come back', () => {
  const parse = (headers: Record<string, string>, text = '') =>
    parseRetryAfter({ header: (name) => new Headers(headers).get(name), text }, NOW)

  test.each<[string, Record<string, string>, string, number | undefined]>([
    ['in seconds', { 'Retry-After': '120' }, '', 120_000],
    ['in fractions of a second', { 'Retry-After': '0.65' }, '', 650],
    ['as a date', { 'Retry-After': 'Thu, 26 Nov 2026 12:01:30 GMT' }, '', 90_000],
    ['in the body, in seconds, as Discord does', {}, '{"message":"limited","retry_after":1.5,"global":false}', 1500],
    ['in the body, as Telegram does', {}, '{"ok":false,"parameters":{"retry_after":37}}', 37_000],
    ['in the body, in milliseconds, as Matrix does', {}, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}', 2000],
    ['as a span of its rate limit', { 'X-RateLimit-Reset-After': '12.25' }, '', 12_250],
    [
      'as the end of its rate limit, as GitHub does',
      { 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(NOW / 1000 + 60) },
      '',
      60_000,
    ],
    ['by the header rather than the body', { 'Retry-After': '7' }, '{"retry_after":99}', 7000],
    [
      'not by a rate limit that has room left',
      { 'X-RateLimit-Remaining': '5', 'X-RateLimit-Reset': '9999999999' },
      '',
      undefined,
    ],
    ['not by a date in the past', { 'Retry-After': 'Thu, 26 Nov 2026 11:00:00 GMT' }, '', undefined],
    ['not by a word', { 'Retry-After': 'soon' }, '', undefined],
    ['not by a negative number', { 'Retry-After': '-5' }, '', undefined],
    ['not by nothing', { 'Retry-After': '' }, '', undefined],
    ['not by infinity', { 'Retry-After': 'Infinity' }, '', undefined],
    ['not by a body that is no JSON', {}, 'retry_after: 5', undefined],
    ['not by a body of another shape', {}, '"retry_after"', undefined],
    ['not by a body that nests something else', {}, '{"retry_after":{"a":1},"parameters":null}', undefined],
  ])('%s', (_, headers, text, wait) => expect(parse(headers, text)).toBe(wait))
})
