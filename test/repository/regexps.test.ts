import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseSync, Visitor } from 'oxc-parser'
import { checkSync } from 'recheck'
import { listFiles, read } from './files.ts'

interface Expression {
  file: string
  pattern: string
  flags: string
}

/** Reads the regular expressions of a file: literals, and `RegExp` of a constant text. */
function expressionsIn(file: string, text: string): Expression[] {
  const found: Expression[] = []
  const constants = new Map<string, string>()
  const construct = ({ callee, arguments: [pattern, flags] }: { callee: Node; arguments: Node[] }) => {
    if (callee.name !== 'RegExp') return
    const [source, options] = [textOf(pattern), flags ? textOf(flags) : '']
    assert.ok(source !== undefined && options !== undefined, `${file}: RegExp of a text that is no constant`)
    found.push({ file, pattern: source, flags: options })
  }
  const textOf = (node: Node | undefined) =>
    typeof node?.value === 'string' ? node.value : constants.get(node?.name ?? '')
  new Visitor({
    Literal(node) {
      if ('regex' in node && node.regex) found.push({ file, ...node.regex })
    },
    VariableDeclarator({ id, init }) {
      if (id.type === 'Identifier' && init?.type === 'Literal' && typeof init.value === 'string')
        constants.set(id.name, init.value)
    },
    NewExpression: (node) => construct(node as unknown as Call),
    CallExpression: (node) => construct(node as unknown as Call),
  }).visit(parseSync(file, text).program)
  return found
}

/** The part of a node of any type that the test reads. */
interface Node {
  name?: string
  value?: unknown
}
interface Call {
  callee: Node
  arguments: Node[]
}

/** Returns why the time of an expression can grow faster than its input; undefined if it cannot. */
function slowness({ pattern, flags }: Expression): string | undefined {
  const result = checkSync(pattern, flags, { timeout: 60_000 })
  if (result.status === 'safe') return undefined
  return result.status === 'unknown' ? `unknown: ${result.error.kind}` : result.complexity.summary
}

describe('regular expressions of src', () => {
  const expressions = listFiles('src/**/*.ts').flatMap((file) => expressionsIn(file, read(file)))

  it('are found, whichever way they are written', () => {
    const text = "const A = '[a]'\nconst one = /b/g\nconst two = new RegExp(A, 'u')\nconst three = RegExp('c')"
    assert.deepEqual(expressionsIn('x.ts', text), [
      { file: 'x.ts', pattern: 'b', flags: 'g' },
      { file: 'x.ts', pattern: '[a]', flags: 'u' },
      { file: 'x.ts', pattern: 'c', flags: '' },
    ])
    assert.throws(() => expressionsIn('x.ts', 'const one = (text) => new RegExp(text)'), /no constant/)
    assert.ok(expressions.length > 50)
  })

  it('that take quadratic or exponential time are recognised', () => {
    for (const pattern of ['\\/+$', '(\\w:\\/\\/[^\\s?#]*\\?)[^\\s#]+', '^(a+)+$'])
      assert.notEqual(slowness({ file: '', pattern, flags: 'g' }), undefined)
  })

  it('take time that grows no faster than their input', () => {
    const slow = expressions.flatMap((expression) => {
      const reason = slowness(expression)
      return reason === undefined ? [] : [{ ...expression, reason }]
    })
    assert.deepEqual(slow, [])
  })
})
