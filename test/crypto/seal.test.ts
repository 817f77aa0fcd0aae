import { describe, expect, test } from 'vitest'
import { parseKeyRing } from '../../src/crypto/keyring.ts'
import { fingerprint, MissingKeyError, open, seal } from '../../src/crypto/seal.ts'
import { digest, isSameDigest, newToken } from '../../src/crypto/token.ts'

const key = (letter: string) => btoa(letter.repeat(32))
const one = await parseKeyRing(`a:${key('a')}`)
const two = await parseKeyRing(`b:${key('b')},a:${key('a')}`)

describe('a seal', () => {
  test.each(['', 'text', '{"a":"b"}', 'ünï \0 𝒳', 'x'.repeat(100_000)])('opens to what was sealed', async (plain) => {
    const sealed = await seal(one, 'here', plain)
    expect(sealed).toMatch(/^v1\.a\.[\w-]{16}\.[\w-]+$/)
    expect(await open(one, 'here', sealed)).toBe(plain)
    expect(await open(two, 'here', sealed)).toBe(plain)
  })

  test('opens at its place alone, with its key alone', async () => {
    const sealed = await seal(one, 'here', 'text')
    await expect(open(one, 'there', sealed)).rejects.toThrow()
    await expect(open(await parseKeyRing(`a:${key('c')}`), 'here', sealed)).rejects.toThrow()
    await expect(open(one, 'here', await seal(two, 'here', 'text'))).rejects.toThrow(MissingKeyError)
  })

  test('a seal names the first key, and never the same vector twice', async () => {
    const seals = await Promise.all(Array.from({ length: 100 }, () => seal(two, 'here', 'text')))
    expect(new Set(seals.map((text) => text.split('.')[2])).size).toBe(100)
    expect(seals.every((text) => text.startsWith('v1.b.'))).toBe(true)
  })
})

test('a fingerprint depends on the key, the place and the value', async () => {
  const prints = await Promise.all([
    fingerprint(one, 'here', 'text'),
    fingerprint(one, 'here', 'text'),
    fingerprint(one, 'there', 'text'),
    fingerprint(one, 'here', 'other'),
    fingerprint(two, 'here', 'text'),
  ])
  expect(prints[1]).toBe(prints[0])
  expect(new Set(prints.map((print) => print.split(':')[1])).size).toBe(4)
  expect(prints.every((print) => /^[ab]:[0-9a-f]{16}$/.test(print))).toBe(true)
})

test('tokens are pbt_ and 40 characters of base62, and no two are alike', () => {
  const tokens = Array.from({ length: 500 }, newToken)
  expect(tokens.every((token) => /^pbt_[0-9A-Za-z]{40}$/.test(token))).toBe(true)
  expect(new Set(tokens).size).toBe(500)
  expect(new Set(tokens.join('').slice(4)).size).toBe(63)
})

test('digests are SHA-256', async () => {
  const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect((await digest('abc')).toHex()).toBe(known)
  expect([
    isSameDigest(await digest('a'), await digest('a')),
    isSameDigest(await digest('a'), await digest('b')),
  ]).toEqual([true, false])
})
