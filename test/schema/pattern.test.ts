import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findAll, toPattern } from '../../src/schema/pattern.ts'

function matchesOf(source: string, text: string): string[] {
  const pattern = toPattern(source)
  if (!pattern) throw new Error('the expression is not supported')
  return findAll(text, pattern).map(({ start, end }) => text.slice(start, end))
}

/** Returns whether an expression can match nothing, at a place where its assertions hold. */
function canBeEmpty(source: string): boolean {
  return new RegExp(`^(${source.replaceAll(/\\b|\^(?!a\])|\$/g, '')})$`, 'u').test('')
}

describe('a pattern', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '\\w',
    '\\d',
    '\\b',
    '^',
    '$',
    '(?:a|b)',
    '(ab|a)',
    '-',
    '\\.',
    '😀',
  )
  const repeat = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}')
  const isRepeatable = (text: string) => !['^', '$', '\\b'].includes(text)
  const item = fc.tuple(atom, repeat).map(([text, often]) => (isRepeatable(text) ? text + often : text))
  const sequence = fc.array(item, { maxLength: 5 }).map((items) => items.join(''))
  const source = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((alternatives) => alternatives.join('|'))
  // JavaScript ends a repetition whose group matched nothing, RE2 does not: only groups that match something repeat.
  const nested = fc
    .tuple(source, repeat, source)
    .map(([inner, often, rest]) => `(${inner})${canBeEmpty(inner) ? '' : often}${rest}`)
  const text = fc
    .array(fc.constantFrom('a', 'b', '1', '-', '.', ' ', '\n', '😀'), { maxLength: 10 })
    .map((parts) => parts.join(''))

  test('a pattern finds what JavaScript finds', async () => {
    await fc.assert(
      fc.property(fc.oneof(source, nested), text, (pattern, given) => {
        expect(matchesOf(pattern, given)).toEqual(
          [...given.matchAll(new RegExp(pattern, 'gu'))].map(([match]) => match),
        )
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*a){20}$', '(a*)*b'])(
    'a pattern takes %s without backtracking',
    (pattern) => {
      const steps = countSteps(pattern, 'a'.repeat(2000))
      expect(steps).toBeLessThan(2000 * 2 * (toPattern(pattern)?.length ?? 0))
    },
  )

  test.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '\\1',
    '\\k<x>',
    '(?i)a',
    '\\pL',
    '[[:alpha:]]',
    '(',
    ')',
    'a**',
    '*',
    '[a',
    '[b-a]',
    'a{2,1}',
    'a{5000}',
    '((((a{99}){99}){99}){99})',
    '\\',
  ])('a pattern refuses %s', (pattern) => {
    expect(toPattern(pattern)).toBeUndefined()
  })

  test('a pattern is refused if it nests too deep, without overflowing the stack', () => {
    expect(toPattern('('.repeat(100_000))).toBeUndefined()
  })

  test('a pattern behind another one is found where that one ends, and only it is returned', () => {
    const [prefix, key] = [toPattern('JIRA#'), toPattern('[A-Z]+-\\d+')]
    const text = 'JIRA#ROCK-1, ROCK-2, JIRA#ROCK-33'
    const found = findAll(text, prefix ?? [], key ?? [])
    expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(['ROCK-1', 'ROCK-33'])
  })
})

/** Counts the comparisons of a character with an instruction. */
function countSteps(source: string, text: string): number {
  let steps = 0
  const counted = (toPattern(source) ?? []).map((instruction) =>
    instruction.op === 'character'
      ? {
          ...instruction,
          matches: (code: number) => {
            steps += 1
            return instruction.matches(code)
          },
        }
      : instruction,
  )
  findAll(`${text}!`, counted)
  return steps
}
