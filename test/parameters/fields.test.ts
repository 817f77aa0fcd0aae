import { describe, expect, test } from 'vitest'
import { checkExtent, mergeFields, toFields, UNUSABLE } from '../../src/parameters/fields.ts'

type Pairs = [string, unknown][]
const read = (pairs: Pairs, depth?: number) => toFields(pairs, 'form', depth)

describe('names of parameters', () => {
  test.each(['a', 'api_key', 'Push.Events-2', '_', '__proto__', 'n'.repeat(64)])('%s is a name', (name) => {
    expect(Object.entries(read([[name, 'v']]))).toEqual([[name, 'v']])
  })

  test.each([
    '',
    'n'.repeat(65),
    'a b',
    'https://hooks.example.com/SECRET',
    '{"webhook":"SECRET"}',
    'ключ',
    'a\n',
    'a%',
    '[]',
    'a[',
    'a]',
    'a[[b]]',
    'a[0]b',
  ])('%j is refused and not repeated', (name) => {
    expect(() => read([[name, 'v']])).toThrow(/^Invalid form format$/)
  })

  test('the last of equal names wins', () => {
    expect(
      read([
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ]),
    ).toEqual({ a: '3', b: '2' })
  })
})

describe('brackets', () => {
  test.each<[string, Pairs, unknown]>([
    [
      'name[] collects entries in their order',
      [
        ['k[]', 'A'],
        ['k[]', 'B'],
      ],
      ['A', 'B'],
    ],
    [
      'name[0] sorts entries by their index',
      [
        ['k[10]', 'C'],
        ['k[2]', 'B'],
        ['k[0]', 'A'],
      ],
      ['A', 'B', 'C'],
    ],
    [
      'the last of equal indexes wins',
      [
        ['k[0]', 'A'],
        ['k[0]', 'B'],
      ],
      ['B'],
    ],
    [
      'entries without an index follow those with one',
      [
        ['k[]', 'B'],
        ['k[0]', 'A'],
      ],
      ['A', 'B'],
    ],
    ['name[x] is no value', [['k[x]', 'A']], UNUSABLE],
    ['name[][x] is no value', [['k[][x]', 'A']], UNUSABLE],
    ['name[-1] is no value', [['k[-1]', 'A']], UNUSABLE],
    [
      'a name with and without brackets is no value',
      [
        ['k', 'A'],
        ['k[]', 'B'],
      ],
      UNUSABLE,
    ],
    [
      'a name without brackets does not hide one with them',
      [
        ['k[]', 'B'],
        ['k', 'A'],
      ],
      UNUSABLE,
    ],
  ])('%s', (_, pairs, value) => {
    expect(read(pairs)).toEqual({ k: value })
  })
})

describe('records within parameters', () => {
  test('records within parameters are read down to the depth that is asked for, and not below', () => {
    const sent: Pairs = [['services', { jira: { 'project_keys[]': 'A', note: { 'any name!': 1 } } }]]
    expect(read(sent, 3)).toEqual({ services: { jira: { project_keys: ['A'], note: { 'any name!': 1 } } } })
    expect(read(sent, 1)).toEqual(Object.fromEntries(sent))
  })

  test('records within parameters cannot have a name that is none', () => {
    expect(() => read([['services', { slack: { 'SECRET VALUE': 1 } }]], 3)).toThrow(/^Invalid form format$/)
  })
})

describe('query and body', () => {
  test('the body wins', () => {
    expect(mergeFields({ a: '1', b: '2' }, { a: '3', c: '4' })).toEqual({ a: '3', b: '2', c: '4' })
  })

  test.each<[unknown, unknown, unknown]>([
    ['true', false, 'true'],
    ['false', true, true],
    ['True', 'no', 'True'],
    [true, 'perhaps', true],
    ['perhaps', false, 'perhaps'],
    ['', 'false', ''],
    ['false', 'false', 'false'],
  ])('a dry run that either asks for is one: query %j, body %j', (query, body, merged) => {
    expect(mergeFields({ dry_run: query }, { dry_run: body })).toEqual({ dry_run: merged })
    expect(
      read([
        ['dry_run', query],
        ['dry_run', body],
      ]),
    ).toEqual({ dry_run: merged })
  })
})

describe('the extent of a request', () => {
  test('the extent of a request has at most 100 names', () => {
    const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, n]))
    expect(() => checkExtent(fields(100))).not.toThrow()
    expect(() => checkExtent(fields(101))).toThrow('Too many parameters')
  })

  test('the extent of a request is counted to its bound and no further, empty lists included', () => {
    let reads = 0
    const counted = (value: object): object =>
      new Proxy(value, {
        ownKeys(target) {
          reads += 1
          return Reflect.ownKeys(target)
        },
      })
    const bomb = [0, 1, 2, 3, 4, 5, 6, 7].reduce<object>(
      (inner) => counted(Array.from({ length: 10 }, () => inner)),
      counted([]),
    )
    expect(() => checkExtent({ bomb })).toThrow('Too many values')
    expect(reads).toBeLessThanOrEqual(10_000)
  })

  test('the extent of a request is at most ten levels deep', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
    expect(() => checkExtent({ a: nested(10) })).not.toThrow()
    expect(() => checkExtent({ a: nested(11) })).toThrow('Too deeply nested')
  })
})
