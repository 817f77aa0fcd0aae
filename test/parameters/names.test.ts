import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shownNames } from '../../src/parameters/names.ts'
import { services } from '../../src/services/registry.ts'

const shown = (name: string) => shownNames([name])[0]

test('every name that some service knows is shown, for another service may get it', () => {
  const names = services.flatMap(({ slug, request }) => [slug, ...Object.keys(request.shape)])
  expect(names.filter((name) => shown(name) !== name)).toEqual([])
})

test.each([
  'colour',
  'Colour',
  'webhookUrl',
  'webhookURL',
  'WEBHOOK_URL',
  'oauth2_client_id',
  'x-name',
  'a.b',
  '__proto__',
  'hasOwnProperty',
  'n',
])('a name of words is shown: %s', (name) => expect(shown(name)).toBe(name))

test.each([
  'Xk3fQ9dLp2',
  'xoxb-123456789012-abcdefghijkl',
  'glpat-9Xh2kLmN4pQr7sTuVwXy',
  'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  'AKIAIOSFODNN7EXAMPLE',
  'deadbeef12cafe3400',
  '550e8400-e29b-41d4-a716-446655440000',
  'T0ABC123.B0XYZ789',
  'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln',
  'hunter2024',
  '1234',
  'abcdefghijklmnopqrstuvwxyz',
  'a.a.a.a.a.a.a.a.a.a.a',
])('what a token looks like is hidden: %s', (name) => expect(shown(name)).toBe('***'))

test('random texts of 20 letters and digits, as tokens are, are hidden', () => {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const token = fc.string({ unit: fc.constantFrom(...characters), minLength: 20, maxLength: 60, size: 'max' })
  const result = fc.check(
    fc.property(token, (name) => shown(name) === '***'),
    { seed: 11, numRuns: 10_000 },
  )
  expect(result.counterexample).toBeNull()
})

test('hidden names are one', () => expect(shownNames(['a1b2', 'colour', 'c3d4'])).toEqual(['***', 'colour']))
