import { expect, test } from 'vitest'
import { encodeHeader } from '../../src/delivery/mail-header.ts'

test('a header of ASCII stays as it is', () => {
  expect(encodeHeader('acme/rocket "main" <x>')).toBe('acme/rocket "main" <x>')
  expect(encodeHeader('')).toBe('')
})

test('a header of other characters is encoded in words of 75 characters at most', () => {
  expect(encodeHeader('Zündung')).toBe('=?UTF-8?B?WsO8bmR1bmc=?=')
  const words = encodeHeader('🚀 点火 '.repeat(50)).split(' ')
  expect(Math.max(...words.map(({ length }) => length))).toBeLessThanOrEqual(75)
  expect(words.map(decode).join('')).toBe('🚀 点火 '.repeat(50))
})

function decode(word: string): string {
  const base64 = /^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? ''
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.fromBase64(base64))
}
