import assert from 'node:assert/strict'
import { it } from 'node:test'
import { read } from './files.ts'

it('the staging environment in docs/operations.md has every binding of wrangler.toml', () => {
  const [, staging = ''] = /^```toml\n(\[env\.staging\].*?)^```$/ms.exec(read('docs/operations.md')) ?? []
  const [inherited = ''] = read('wrangler.toml').split(/^(?=\[env\.)/m)
  assert.deepEqual(bindingsOf(staging), bindingsOf(inherited))
})

/** Sections that an environment does not inherit, with the names that the Worker uses. */
function bindingsOf(toml: string): string[] {
  const sections = toml.replaceAll('env.staging.', '').split(/^(?=\[)/m)
  return sections
    .filter((section) => /^\[\[|^\[secrets\]/.test(section))
    .map((section) => {
      const [head = ''] = section.split('\n')
      const name = /^(?:binding|name|required) = (.*)$/m.exec(section)?.[1] ?? ''
      return `${head} ${name}`.trim()
    })
    .toSorted()
}
