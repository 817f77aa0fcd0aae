import * as fc from 'fast-check'
import type { Param } from '../../src/schema/service.ts'
import { kindOf, sample } from '../support/samples.ts'

/** Stands in every value that is sent. */
export const PLAIN = 'zqplain7f3a'
/** Stands in its place in the values of secrets. */
export const SECRET = 'zqsecret8e1c'
/** A number that is recognised. */
export const NUMBER = 7391846205

/** A value as JSON, and as a form has it. */
export interface Wild {
  json: string
  text: string
}

export const HOSTILE = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  'then',
  'length',
  '',
  ' ',
  '\0',
  'a[]',
  'a[b]',
  'active[]',
  '[]',
  'properties',
  'secrets',
  'é',
  '💥',
  'a'.repeat(300),
]

const LENGTHS = [255, 256, 2048, 2049, 4096, 4097, 65_536, 65_537, 100_000]
const DEPTHS = [2, 9, 10, 11, 100, 20_000]
const NUMBERS = ['0', '-1', '-0', '1.5', '1e400', '-1e400', '1e-400', '9007199254740993', '2147483648', '1e21']
const WORDS = [
  'true',
  'on',
  'No',
  't',
  '0',
  'null',
  'undefined',
  'NaN',
  '[MASKED]',
  '••••',
  '*',
  'all',
  'self',
  '2027-01-01',
]
const PIECES = [
  '\0',
  '\n',
  '\u2028',
  '\ufeff',
  '\ud800',
  '\udfff',
  '"',
  '\\',
  '%',
  '%ff',
  '<script>',
  '{{x}}',
  "';--",
  '://',
  ' ',
]

const text = (value: string): Wild => ({ json: JSON.stringify(value), text: value })
const raw = (json: string): Wild => ({ json, text: json })

/** Any characters at all, the mark among them. */
const marked = fc
  .tuple(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('', ...PIECES), fc.constantFrom('', ...PIECES))
  .map(([some, before, after]) => text(`${some}${before}${PLAIN}${after}`))

const address = fc
  .constantFrom('https://', 'http://', 'irc://', 'javascript:', 'https://u:p@', 'https://[', 'HTTPS://127.0.0.1/', '//')
  .chain((start) =>
    fc.constantFrom('.example.com', '/', ':99999', ']', '?a=b#c').map((end) => text(start + PLAIN + end)),
  )

const nested = fc.constantFrom(
  raw(`["${PLAIN}"]`),
  raw(`["${PLAIN}",{"a":"${PLAIN}"},null,1]`),
  raw(`{"__proto__":{"${HOSTILE[1]}":"${PLAIN}"}}`),
  raw(`{"constructor":{"prototype":{"polluted":"${PLAIN}"}}}`),
  raw('[]'),
  raw('{}'),
  raw('[[],[null]]'),
)

/** Values that no client should send for anything. */
export const wild: fc.Arbitrary<Wild> = fc.oneof(
  { weight: 6, arbitrary: marked },
  { weight: 3, arbitrary: address },
  { weight: 3, arbitrary: nested },
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS).map(raw) },
  { weight: 1, arbitrary: fc.constantFrom(String(NUMBER), `${NUMBER}e280`, `-${NUMBER}.5`, `["${NUMBER}"]`).map(raw) },
  { weight: 3, arbitrary: fc.constantFrom(...WORDS, '').map(text) },
  { weight: 2, arbitrary: fc.constantFrom('true', 'false', 'null').map(raw) },
  { weight: 1, arbitrary: fc.constantFrom(...LENGTHS).map((length) => text(PLAIN.padEnd(length, 'a'))) },
  { weight: 1, arbitrary: fc.constantFrom(...DEPTHS).map((depth) => raw(`${'['.repeat(depth)}1${']'.repeat(depth)}`)) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => raw(JSON.stringify(value))) },
)

/** Valid values of a parameter, with the mark if it takes any text. */
export function tame(param: Param): Wild {
  const value = sample(param)
  if (kindOf(param) === 'line' || kindOf(param) === 'lines') return text(`${value}${PLAIN}`)
  if (kindOf(param) === 'link' && param.name !== 'confluence_url') return text(`${value}/${PLAIN}`)
  return raw(JSON.stringify(value))
}

/** The same value, marked as a secret. */
export function asSecret({ json, text }: Wild): Wild {
  return { json: json.replaceAll(PLAIN, SECRET), text: text.replaceAll(PLAIN, SECRET) }
}
