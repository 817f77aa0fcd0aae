import { describe, expect, test } from 'vitest'
import { toFields, UNUSABLE } from '../../src/parameters/fields.ts'
import { parseForm, parseQuery } from '../../src/parameters/form.ts'
import { parseJson } from '../../src/parameters/json.ts'
import { parseMultipartForm } from '../../src/parameters/multipart.ts'
import { parseYaml } from '../../src/parameters/yaml.ts'
import { ExactNumber } from '../../src/schema/number.ts'

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

describe('JSON', () => {
  test.each(['[1]', '"text"', '"{\\"a\\":1}"', '5', 'null', 'true', '[{"a":1}]', '', '{', "{'a':1}", '{}{}'])(
    'JSON that is no object is refused: %s',
    (text) => {
      expect(() => parseJson(text)).toThrow(/^Invalid JSON format$/)
    },
  )

  test('JSON keeps the digits of numbers that a double does not keep', () => {
    const text = '{"a":12345678901234567890,"b":[1.10],"c":{"d":1e400},"e":42,"f":-0,"g":1.5}'
    const exact = (digits: string) => new ExactNumber(digits)
    expect(parseJson(text)).toEqual({
      a: exact('12345678901234567890'),
      b: [exact('1.10')],
      c: { d: exact('1e400') },
      e: 42,
      f: exact('-0'),
      g: 1.5,
    })
  })

  test('JSON that is nested 100,000 deep is refused, not an overflow of the stack', () => {
    expect(() => parseJson(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toThrow('Too deeply nested')
  })
})

describe('a form', () => {
  test.each([
    '{"webhook":"x"}',
    '42',
    'null',
    'webhook',
    'a=1&b',
    '[1]',
    '{"u":"https://x/?a=b"}',
    '%ff=1',
    'a=%',
    '=v',
    'a b=1',
  ])('a form is pairs of a name and a value: %s is none', (text) => {
    expect(() => toFields(parseForm(text), 'form')).toThrow(/^Invalid form format$/)
  })

  test('a form may have empty segments, empty values and values with an equals sign', () => {
    expect(toFields(parseForm('&a=&&b=x=y&'), 'form')).toEqual({ a: '', b: 'x=y' })
  })

  test('a form may have a name without a value in a query, where it is common', () => {
    expect(toFields(parseQuery('a&b=1'), 'query')).toEqual({ a: '', b: '1' })
  })
})

describe('a multipart form', () => {
  const TYPE = 'multipart/form-data; boundary=b'
  const form = (...parts: string[]) => ascii(`${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`)
  const one = (headers: string, value = 'v') => parseMultipartForm(form(`${headers}\r\n\r\n${value}`), TYPE)

  test.each([
    ['a quoted name', 'Content-Disposition: form-data; name="k"'],
    ['a bare name', 'Content-Disposition: form-data; name=k'],
    ['header names in capitals', 'CONTENT-DISPOSITION: form-data; name="k"'],
    ['header names in small letters', 'content-disposition:form-data;name=k'],
    ['parameters before the name', 'Content-Disposition: form-data; x="a;name=z"; name="k"'],
    ['other headers first', 'X-Other: 1\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=k'],
  ])('a multipart form is read with %s', (_, headers) => {
    expect(one(headers)).toEqual([['k', 'v']])
  })

  test.each([
    ['none', '', 'd\xc3\xa9j\xc3\xa0'],
    ['UTF-8', '; charset=utf-8', 'd\xc3\xa9j\xc3\xa0'],
    ['ISO-8859-1', '; charset=ISO-8859-1', 'd\xe9j\xe0'],
    ['quoted ISO-8859-1', '; charset="iso-8859-1"', 'd\xe9j\xe0'],
    ['its name in capitals', '; Charset=LATIN1', 'd\xe9j\xe0'],
    ['windows-1252', '; charset=windows-1252', 'd\xe9j\xe0'],
    ['UTF-16LE', '; charset=utf-16le', 'd\0\xe9\0j\0\xe0\0'],
  ])('a multipart form decodes each part by the charset it declares: %s', (_, charset, value) => {
    const headers = `Content-Disposition: form-data; name=k\r\nContent-Type: text/plain${charset}`
    expect(one(headers, value)).toEqual([['k', 'déjà']])
  })

  test('a multipart form decodes parts by different charsets', () => {
    const body = form(
      'Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xc4\xc1',
      'Content-Disposition: form-data; name=b\r\n\r\n\xd0\xb4\xd0\xb0',
    )
    expect(parseMultipartForm(body, TYPE)).toEqual([
      ['a', 'да'],
      ['b', 'да'],
    ])
  })

  test.each([
    ['bytes that are not of the charset', '', '\xff'],
    ['bytes that are not of a declared charset', '\r\nContent-Type: text/plain; charset=euc-jp', '\xe9A'],
    ['a charset that does not exist', '\r\nContent-Type: text/plain; charset=nope', 'v'],
    ['base64', '\r\nContent-Transfer-Encoding: base64', 'dg=='],
  ])('a multipart form is refused for %s', (_, header, value) => {
    const headers = `Content-Disposition: form-data; name=k${header}`
    expect(() => one(headers, value)).toThrow(/^Invalid form format$/)
  })

  test.each([
    ['no boundary', 'multipart/form-data', form()],
    ['a boundary longer than RFC 2046 allows', `multipart/form-data; boundary=${'b'.repeat(71)}`, form()],
    ['another boundary', 'multipart/form-data; boundary=c', form()],
    ['no end', TYPE, ascii('--b\r\nContent-Disposition: form-data; name=k\r\n\r\nv')],
  ])('a multipart form is refused with %s', (_, type, body) => {
    expect(() => parseMultipartForm(body, type)).toThrow(/^Invalid form format$/)
  })

  test('a multipart form is refused with a part that has no name', () => {
    expect(() => toFields(one('Content-Disposition: form-data'), 'form')).toThrow(/^Invalid form format$/)
  })

  test('a multipart form has no values in files', () => {
    expect(one('Content-Disposition: form-data; name=k; filename=x')).toEqual([['k', UNUSABLE]])
  })
})

describe('YAML', () => {
  test('YAML has text, whatever it looks like, but for null', () => {
    expect(parseYaml('a: 0123\nb: true\nc: null\nd:\ne: "null"\nf: 1.10\n')).toEqual({
      a: '0123',
      b: 'true',
      c: null,
      d: null,
      e: 'null',
      f: '1.10',
    })
  })

  test('YAML applies merge keys, and lets own keys win', () => {
    const text = 'base: &base {a: 1, b: 2}\none:\n  <<: *base\n  b: 3\nmany:\n  <<: [*base, {c: 4}]\n'
    expect(parseYaml(text)).toEqual({
      base: { a: '1', b: '2' },
      one: { a: '1', b: '3' },
      many: { a: '1', b: '2', c: '4' },
    })
  })

  test.each([
    ['an unclosed bracket', 'a: 1\nb: [SECRET\n', 3],
    ['a name that is there twice', 'a: 1\nb: SECRET\nb: SECRET\n', 3],
    ['a tab', 'a:\n\tb: SECRET\n', 2],
    ['an alias of nothing', 'a: 1\n\nb: *SECRET\n', 3],
    ['a tag', 'a: !secret SECRET\n', 1],
    ['a merge of what is no mapping', 'a: 1\nb:\n  <<: SECRET\n', 3],
  ])('YAML names the line of %s, and nothing of its text', (_, text, line) => {
    expect(() => parseYaml(text)).toThrow(new RegExp(`^Invalid YAML format: line ${line}$`))
  })

  test.each(['', '# nothing', '- a', 'text', 'null', 'a: 1\n---\nb: 2\n'])(
    'YAML that is no mapping is refused: %j',
    (text) => {
      expect(() => parseYaml(text)).toThrow(/^Invalid YAML format$/)
    },
  )

  test('YAML cannot hold more than 20,000 events, 100 aliases or 10,000 values', () => {
    expect(() => parseYaml(`a: [${'x,'.repeat(20_000)}]`)).toThrow(/^Invalid YAML format$/)
    expect(() => parseYaml(`a: &a x\nb: [${'*a,'.repeat(101)}]`)).toThrow(/^Invalid YAML format: line 2$/)
    const levels = Array.from({ length: 8 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(10)}]`)
    expect(() => parseYaml(['l0: &l0 []', ...levels].join('\n'))).toThrow('Too many values')
  })
})
