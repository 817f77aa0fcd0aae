import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { blocksOf, type Example, examplesIn, matches, run, update, writeFiles } from './examples.ts'
import { checkOut, type Patchbay, start } from './patchbay.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DOCUMENTS = ['README.md', 'docs/api.md', 'docs/embedding.md', 'docs/tokens.md']

/**
 * Runs what documents show, in a fresh checkout with a fresh database. With UPDATE_DOCS=1 it writes what is printed into the
 * documents instead.
 */
for (const document of DOCUMENTS)
  describe(document, () => {
    const path = join(ROOT, document)
    const markdown = readFileSync(path, 'utf8')
    const blocks = blocksOf(markdown).filter(({ info }) => info.startsWith('console'))
    const examples = blocks.filter(({ info }) => info === 'console').flatMap(examplesIn)
    let patchbay: Patchbay
    let outputs: string[] = []
    before(async () => {
      const directory = checkOut()
      patchbay = await start(directory)
      writeFiles(markdown, directory)
      const setup = blocks.filter(({ info }) => info === 'console setup').flatMap(examplesIn)
      if (setup.length > 0) await restart(directory, setup)
      outputs = run(examples, directory, patchbay.url)
      if (process.env.UPDATE_DOCS) update(path, examples, outputs)
    })
    after(() => patchbay?.stop())

    for (const [at, { command, expected }] of examples.entries())
      it(`shows what this prints: ${command.split('\n')[0]}`, () => {
        const output = outputs[at] ?? ''
        assert.ok(matches(output, expected) || process.env.UPDATE_DOCS, `printed:\n${output}\nshown:\n${expected}`)
      })

    async function restart(directory: string, setup: readonly Example[]): Promise<void> {
      await patchbay.stop()
      run(setup, directory, patchbay.url)
      patchbay = await start(directory)
    }
  })
