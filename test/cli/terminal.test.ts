import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { escapeUnprintable, quoteUnlessName, Terminal, table } from '../../src/cli/terminal.ts'

const CONTROLS: Readonly<Record<string, string>> = {
  'a line feed': 'a\nb',
  'a carriage return': 'a\rb',
  'a line separator': 'a\u2028b',
  'a paragraph separator': 'a\u2029b',
  'the next line control': 'a\u0085b',
  'an escape sequence': 'a\x1b[2Kb',
  'a right-to-left override': 'a\u202eb',
  'an isolate': 'a\u2066b',
  'an Arabic letter mark': 'a\u061cb',
  'a zero-width space': 'a\u200bb',
  'a soft hyphen': 'a\u00adb',
  'a Hangul filler': 'a\u3164b',
  'a wide space': 'a\u3000b',
  'a no-break space': 'a\u00a0b',
  'a tag character': 'a\u{e0041}b',
  'half of a surrogate pair': 'a\ud800b',
}

describe('a line of output', () => {
  for (const [name, text] of Object.entries(CONTROLS))
    it(`shows ${name} as an escape`, () => {
      assert.match(escapeUnprintable(text), /^a(\\u\{[0-9a-f]+\})(\[2K)?b$/)
    })

  it('shows letters of any script, and spaces, as they are', () => {
    const text = 'Ünïcode жук 日本 “too” → #a'
    assert.equal(escapeUnprintable(text), text)
  })

  it('stays one line, in print, in progress and in a table', (context) => {
    const log = context.mock.method(console, 'log', () => {})
    const error = context.mock.method(console, 'error', () => {})
    const terminal = new Terminal()
    terminal.print('one\nforged', ...table([['a\nb', 'c']]))
    terminal.progress('two\r\nforged')
    const printed = [...log.mock.calls, ...error.mock.calls].map(({ arguments: [text] }) => text)
    assert.deepEqual(printed, ['one\\u{a}forged', 'a\\u{a}b  c', 'two\\u{d}\\u{a}forged'])
  })

  it('does not contain a hidden value', () => {
    const terminal = new Terminal()
    terminal.hide('line-one\nline-two')
    assert.equal(terminal.clean('x line-one\nline-two y'), 'x *** y')
  })

  it('quotes a foreign name that could pass for several columns or words', () => {
    assert.equal(quoteUnlessName('group/app-1.x'), 'group/app-1.x')
    assert.equal(quoteUnlessName('slack  create'), '"slack  create"')
    assert.equal(quoteUnlessName(''), '""')
    assert.ok(quoteUnlessName('a'.repeat(1000)).length < 300)
  })
})
