import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { redacted } from '../../src/settings/redaction.ts'

test.each([
  ['https://user:PW@example.com/a', 'https://***@example.com/a'],
  ['https://PW@example.com', 'https://***@example.com'],
  ['https://a@PW@example.com', 'https://***@example.com'],
  ['//user:PW@example.com/a', '//***@example.com/a'],
  ['https:\\\\user:PW@example.com', 'https:\\\\***@example.com'],
  ['https:user:PW@example.com', 'https:***@example.com'],
  ['https:/user:PW@example.com', 'https:/***@example.com'],
  ['https:/user:PW@example.com//', 'https:/***@example.com//'],
  ['https://a\\@user:PW@example.com', 'https://***@example.com'],
  ['https://a\\user:PW@example.com', 'https://***@example.com'],
  ['https://a\\PW@example.com/b', 'https://***@example.com/b'],
  ['\\\\user:PW@example.com', '\\\\***@example.com'],
  ['https://example.com/user:PW@example.com', 'https://example.com/***@example.com'],
  ['https://example.com/a;token=PW/b', 'https://example.com/a;***'],
  ['https://example.com/a;PW', 'https://example.com/a;***'],
  ['https://example.com/token=PW/a', 'https://example.com/token=***'],
  ['https://example.com/a&token=PW', 'https://example.com/a&***'],
  ['mailto:?pw=PW', 'mailto:?***'],
  ['mailto:someone@example.com?pw=PW', 'mailto:***@example.com?***'],
  ['redis:PW@example.com', 'redis:***@example.com'],
  ['https:example.com?PW', 'https:example.com?***'],
  ['#chan?pass=PW', '#chan?pass=***'],
  ['chan;token=PW', 'chan;token=***'],
  ['#pass=PW', '#pass=***'],
  ['https://example.com/a?token=PW', 'https://example.com/a?***'],
  ['https://example.com?PW#PW', 'https://example.com?***'],
  ['https://example.com/a#token=PW', 'https://example.com/a#***'],
  ['https://example.com/,https://user:PW@example.com/', 'https://example.com/,https://***@example.com/'],
  ['https://example.com/https://user:PW@example.com/', 'https://example.com/https://***@example.com/'],
  [
    'see https://a.example/?PW and https://u:PW@b.example/#PW .',
    'see https://a.example/?*** and https://***@b.example/#*** .',
  ],
  ['irc://irc.example.net/#chan?key=PW', 'irc://irc.example.net/#***'],
  ['#chan?key=PW other', '#chan?key=*** other'],
  ['chan&KEY=PW', 'chan&KEY=***'],
])('a value is shown without the credentials in it: %s', (value, shown) => {
  expect(redacted(value)).toBe(shown)
  expect(redacted(['x', value])).toEqual(['x', shown])
})

const SECRET = 'S3cret'
const noise = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 })
const anything = noise('ab1.:/\\\\@?#;&=,%-~()')

/** The places of a URL that credentials stand in, whatever is around it. */
const PLACES: [what: string, text: fc.Arbitrary<(string | undefined)[]>][] = [
  [
    'user info',
    fc.tuple(anything, fc.constantFrom('//', '\\\\', 'https://', '/\\'), noise('ab:.@\\'), fc.constant(`${SECRET}@`)),
  ],
  [
    'user info without slashes',
    fc.tuple(fc.constantFrom('https:', 'redis:', 'a+b:', 'x:\\'), fc.constant(`${SECRET}@`)),
  ],
  [
    'query, fragment or parameters',
    fc.tuple(
      anything,
      fc.constant('https://a/'),
      noise('ab/:@'),
      fc.constantFrom('?', '#', ';', '=', '&', '?a='),
      fc.constant(SECRET),
    ),
  ],
  ['the query of a mail address', fc.tuple(fc.constant('mailto:'), noise('ab@.'), fc.constant(`?${SECRET}`))],
  [
    'a parameter of what is no URL',
    fc.tuple(
      anything,
      fc.constantFrom('?', '&', ';', '#'),
      noise('ab').map((name) => `k${name}=`),
      fc.constant(SECRET),
    ),
  ],
]

test.each(PLACES)('no %s is shown, whatever stands around it', (_, place) => {
  const text = fc.tuple(fc.constantFrom('', 'see '), place, anything).map((parts) => parts.flat().join(''))
  const hides = (value: string) => !String(redacted(value)).includes(SECRET)
  expect(fc.check(fc.property(text, hides), { numRuns: 5000 }).counterexample).toBeNull()
})

test('the query of a bare channel is its key', () => {
  expect(redacted('#a?PW irc://irc.example.net/b?PW #c', 'channels')).toBe('#a?*** irc://irc.example.net/b?*** #c')
})

test.each([
  'someone@example.com other@example.com',
  '#general, #random',
  'https://example.com/@team/a?',
  'git@example.com:acme/app',
  '!room:matrix.org',
  '[A-Z]+(?:-\\d+)?',
  'a // b',
  '',
])('other text is shown as it is: %s', (value) => expect(redacted(value)).toBe(value))

test.each([1, true, false, null])('%j is shown as it is', (value) => expect(redacted(value)).toBe(value))

test('of a long value 1,024 characters are shown, and its length', () => {
  expect(redacted('a'.repeat(1024))).toBe('a'.repeat(1024))
  expect(redacted('a'.repeat(65_536))).toBe(`${'a'.repeat(1024)}… (65536 characters)`)
  expect(redacted(`${'a'.repeat(1023)}😀`)).toBe(`${'a'.repeat(1023)}\uFFFD… (1025 characters)`)
  const list = Array.from({ length: 100 }, () => 'b'.repeat(255))
  expect(redacted(list)).toBe(`${JSON.stringify(list).slice(0, 1024)}… (${JSON.stringify(list).length} characters)`)
  expect(redacted(['a', 'b'])).toEqual(['a', 'b'])
})

test.each([
  ['a://', 16_384],
  ['//@', 20_000],
  ['/', 65_536],
  ['\\', 65_536],
  ['@', 65_536],
  ['?key=', 13_000],
  ['a:', 32_768],
  [' //a', 16_384],
])('%j × %i takes no longer than its length allows', (part, count) => {
  // A quadratic step takes seconds on this, which the time limit of a test would end.
  for (let round = 0; round < 20; round++) redacted(part.repeat(count))
})
