import { describe, expect, test } from 'vitest'
import { chooseExpiry, dateOf, latestDate } from '../../src/tokens/expiry.ts'

const HOUR = 60 * 60 * 1000
const DAY = 24 * HOUR
const NOON = Date.parse('2026-11-26T12:00:00Z')
const days = (usual: number, longest = usual) => ({ usual: usual * DAY, longest: longest * DAY })

describe('a new token expires', () => {
  test.each([
    ['2026-11-27', days(365, 400), '2026-11-27T00:00:00.000Z'],
    ['2027-12-31', days(365, 400), '2027-12-31T00:00:00.000Z'],
    [undefined, days(365, 400), '2027-11-26T00:00:00.000Z'],
    [null, days(365, 400), '2027-11-26T00:00:00.000Z'],
    ['', days(90), '2027-02-24T00:00:00.000Z'],
    [undefined, days(1), '2026-11-27T00:00:00.000Z'],
    [undefined, days(0.5), '2026-11-27T00:00:00.000Z'],
  ])('for the date %j and %j at %s', (date, lifetime, expected) => {
    expect(new Date(chooseExpiry(date, lifetime, NOON) ?? 0).toISOString()).toBe(expected)
  })

  test('within the day if midnight is further away than its lifetime', () => {
    expect(chooseExpiry(undefined, days(0.25), NOON)).toBe(NOON + 6 * HOUR)
  })

  test.each([
    ['2026-11-28', days(1)],
    ['2027-12-32', days(365, 400)],
    ['2028-01-01', days(365, 400)],
  ])('never on %s, which is later than %j allows', (date, lifetime) => {
    expect(chooseExpiry(date, lifetime, NOON)).toBeUndefined()
  })

  test('no later than its lifetime from now, at whatever time of day', () => {
    for (let hour = 0; hour < 24; hour++) {
      const now = Date.parse('2026-11-26') + hour * HOUR
      const expiry = chooseExpiry(undefined, days(7.3), now) ?? 0
      expect(expiry).toBeLessThanOrEqual(now + 7.3 * DAY)
      expect(expiry).toBeGreaterThan(now + 6.3 * DAY)
      expect(expiry % DAY).toBe(0)
    }
  })
})

test('the latest date is one that may be chosen, and the next day may not', () => {
  const date = latestDate(days(10), NOON)
  expect(date).toBe('2026-12-06')
  expect(chooseExpiry(date, days(10), NOON)).toBe(Date.parse(date))
  expect(chooseExpiry(dateOf(Date.parse(date) + DAY), days(10), NOON)).toBeUndefined()
})
