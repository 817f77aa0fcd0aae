import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { CommandError, type OptionTable, parseOptions, usageOf } from '../../src/cli/command.ts'
import { options } from '../../src/cli/import/options.ts'

const table = {
  from: { type: 'string', value: 'URL', required: true, help: 'where from' },
  project: { type: 'string', value: 'PATH', multiple: true, help: 'a project' },
  plan: { type: 'string', value: 'FILE', default: 'plan.json', help: 'where to' },
  yes: { type: 'boolean', default: false, help: 'do not ask' },
} as const satisfies OptionTable

describe('the options of a command', () => {
  it('make its usage text', () => {
    assert.equal(
      usageOf('move', table),
      [
        'npm run move -- [options]',
        '    --from URL      where from (required)',
        '    --project PATH  a project (may be repeated)',
        '    --plan FILE     where to (default: plan.json)',
        '    --yes           do not ask',
      ].join('\n'),
    )
  })

  it('have their defaults if they are not sent', () => {
    const values = parseOptions('move', table, ['--from', 'a'])
    assert.deepEqual({ ...values }, { from: 'a', project: [], plan: 'plan.json', yes: false })
  })

  it('are reported with everything that is wrong, and without any value', () => {
    const attempts = [
      ['glpat-oops', 'more'],
      ['--token=glpat-oops'],
      ['--yes=glpat-oops', '--from'],
      ['-x', 'glpat-oops'],
    ]
    for (const args of attempts)
      assert.throws(
        () => parseOptions('move', table, args),
        (error) => error instanceof CommandError && !`${error.message}${error.remedy}`.includes('glpat-oops'),
      )
    assert.throws(
      () => parseOptions('move', table, ['word']),
      /--from is missing; there is an argument that belongs to no option/,
    )
  })

  it('of the import are all described in docs/import.md', () => {
    const docs = readFileSync(new URL('../../docs/import.md', import.meta.url), 'utf8')
    assert.deepEqual(
      Object.keys(options).filter((name) => !docs.includes(`\`--${name}`)),
      [],
    )
  })
})
