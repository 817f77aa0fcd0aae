import { describe, expect, test } from 'vitest'
import { etagOf, isFresh, namesTag, preconditions } from '../../src/handlers/preconditions.ts'
import type { Settings } from '../../src/schema/tables.ts'

const UPDATED = Date.parse('2026-11-26T12:00:00.900Z')
const ROW: Settings = {
  ...{ id: 7, projectId: 1, slug: 'slack', version: 3, active: true, flags: 0, params: {} },
  ...{ secrets: null, secretsMeta: {}, createdAt: UPDATED, updatedAt: UPDATED },
}
const AT = 'Thu, 26 Nov 2026 12:00:00 GMT'
const BEFORE = 'Thu, 26 Nov 2026 11:59:59 GMT'

test('an ETag is the id and the version of a row', () => {
  expect(etagOf(ROW)).toBe('"7-3"')
})

test.each([
  ['"7-3"', true],
  ['W/"7-3"', true],
  ['"1-1" , W/"7-3"', true],
  ['*', true],
  ['"1-1", *', true],
  ['7-3', false],
  ['"7-33"', false],
  ['w/"7-3"', false],
  ['', false],
  [','.repeat(10_000), false],
])('the list %j names "7-3": %j', (header, isNamed) => {
  expect(namesTag(header, '"7-3"')).toBe(isNamed)
})

describe('the preconditions of a write', () => {
  test.each<[Record<string, string>, onRow: boolean, onNothing: boolean]>([
    [{}, true, true],
    [{ 'If-Match': '"7-3"' }, true, false],
    [{ 'If-Match': '*' }, true, false],
    [{ 'If-Match': '"7-2"' }, false, false],
    [{ 'If-None-Match': '*' }, false, true],
    [{ 'If-None-Match': '"7-2"' }, true, true],
    [{ 'If-Unmodified-Since': AT }, true, true],
    [{ 'If-Unmodified-Since': BEFORE }, false, true],
    [{ 'If-Unmodified-Since': 'no date' }, true, true],
    [{ 'If-Unmodified-Since': '1' }, true, true],
    [{ 'If-Match': '"7-3"', 'If-Unmodified-Since': BEFORE }, true, false],
    [{ 'If-Match': '"7-3"', 'If-None-Match': '"7-3"' }, false, false],
  ])('%j hold for the row: %j, for none: %j', (headers, onRow, onNothing) => {
    const holds = preconditions(new Headers(headers))
    expect([holds(ROW), holds(null)]).toEqual([onRow, onNothing])
  })
})

test('a GET is fresh if If-None-Match names the row, and never without that header', () => {
  expect(isFresh(new Headers({ 'If-None-Match': '"7-3"' }), ROW)).toBe(true)
  expect(isFresh(new Headers({ 'If-None-Match': '"7-2"' }), ROW)).toBe(false)
  expect(isFresh(new Headers(), ROW)).toBe(false)
})
