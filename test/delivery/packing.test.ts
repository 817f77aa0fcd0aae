import { expect, test } from 'vitest'
import { pack, unpack } from '../../src/delivery/packing.ts'

test('an event comes back byte for byte, whatever its characters', async () => {
  const text = JSON.stringify({ title: 'Größe \u0000 😀 \ud800', n: '1.10' })
  const packed = (await pack(text)) ?? ''
  expect(await unpack(packed)).toBe(new TextDecoder().decode(new TextEncoder().encode(text)))
})

test('a large event with much repetition takes a small row', async () => {
  const text = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => ({ id: n, message: 'Fix the build' })))
  expect((await pack(text))?.length).toBeLessThan(text.length / 5)
})

test('an event that no row can hold is not packed', async () => {
  const noise = Array.from({ length: 40 }, () => crypto.getRandomValues(new Uint8Array(60_000)).toHex()).join('')
  expect(await pack(noise)).toBeUndefined()
})
