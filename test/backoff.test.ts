import { describe, expect, test } from 'vitest'
import { waitAfter } from '../src/backoff.ts'

const plain = { first: 25, max: 1000, jitter: 0 }

describe('a wait between tries', () => {
  test.each([
    [1, 25],
    [2, 50],
    [3, 100],
    [6, 800],
    [7, 1000],
    [5000, 1000],
  ])('doubles with each try up to its bound: after %d tries it is %d ms', (tries, wait) => {
    expect(waitAfter(tries, plain)).toBe(wait)
  })

  test.each([
    [0, 0, 100],
    [0.5, 0.5, 75],
    [0.5, 0.999, 50.05],
    [1, 0.25, 75],
    [1, 0.999, 0.1],
  ])(
    'loses at most the share that its jitter names: with %d and chance %d it is %d of 100 ms',
    (jitter, random, wait) => {
      expect(waitAfter(1, { first: 100, max: 100, jitter }, random)).toBeCloseTo(wait)
    },
  )

  test('differs between callers that have a jitter', () => {
    const waits = Array.from({ length: 20 }, () => waitAfter(1, { ...plain, jitter: 1 }))
    expect(new Set(waits).size).toBeGreaterThan(1)
  })
})
