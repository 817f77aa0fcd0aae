import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runSteps } from '../../src/cli/steps.ts'

it('npm run check runs every step and reports each failure, whichever failed before', () => {
  const printed: string[] = []
  const passed = runSteps(
    {
      one: ['node', '-e', 'console.error("why one failed"); process.exit(3)'],
      two: ['node', '-e', ''],
      three: ['no-such-program'],
    },
    (text) => printed.push(text),
  )
  const text = printed.join('\n')
  assert.equal(passed, false)
  assert.match(text, /✘ one .*\nwhy one failed\n/)
  assert.match(text, /✔ two /)
  assert.match(text, /✘ three .*ENOENT/s)
  assert.match(text, /\nFailed: one, three$/)
})
