import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSync } from 'oxc-parser'
import { listFiles, read } from './files.ts'

const files = listFiles('src/*.ts', 'src/*.tsx', 'bench/*.ts', 'test/*.ts')
const QUESTION = /^[\s*]*(what|whether|where|who|whose|how|which|why|when)\b/i

describe('comments', () => {
  it('begin with a verb or a noun, not with a question', () => {
    const questions = files.flatMap((file) =>
      parseSync(file, read(file))
        .comments.filter(({ value }) => QUESTION.test(value) && !isContinued(value))
        .map(({ value }) => ({ file, value })),
    )
    assert.ok(files.length > 400)
    assert.deepEqual(questions, [])
  })

  it('of src say that functions return and the API responds, as the field does', () => {
    const dialect = files.filter((file) => file.startsWith('src/') && /\banswer/i.test(read(file)))
    assert.deepEqual(dialect, [])
  })
})

/** A line comment over several lines: a later line may begin with any word. */
function isContinued(value: string): boolean {
  return !value.startsWith('*') && /^\s[a-z]/.test(value)
}
