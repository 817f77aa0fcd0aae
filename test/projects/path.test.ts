import { describe, expect, test } from 'vitest'
import { joinPath, namespaceOf, pathError, pathFromName } from '../../src/projects/path.ts'

describe('the path of a project', () => {
  test.each(['a', 'A', '0', '_', 'a-b', 'a.b', 'a..b', 'a-', 'a_', '0a.1-_', 'git', 'atom', 'a.gitx', 'x'.repeat(255)])(
    'the path of a project may be %s',
    (path) => {
      expect(pathError(path, joinPath('acme', path))).toBeUndefined()
    },
  )

  test.each([
    '',
    '.',
    '..',
    '.a',
    '-a',
    'a.',
    'a.git',
    'a.GIT',
    'a.atom',
    'a.Atom',
    'a b',
    'a/b',
    'a%2Fb',
    'a\\b',
    'a\n',
    'äpfel',
    'жук',
    'bac\u212Aend',
    '\u017F',
    '٣',
    'ａ',
    'e\u0301',
  ])('the path of a project must not be %j', (path) => {
    expect(pathError(path, joinPath('acme', path))).toContain('can contain only ASCII letters')
  })

  test.each(['', '/', 'a//b', '/a', 'a/', 'a/../b', 'ä', 'a/b.git', 'bac\u212Aend'])(
    'the path of a project must not be in the namespace %j',
    (namespace) => {
      expect(pathError('app', `${namespace}/app`)).toContain('can contain only ASCII letters')
    },
  )

  test('the path of a project must not be digits alone without a namespace: it would read as an id', () => {
    expect(pathError('2048', '2048')).toContain('cannot be a number')
    expect(pathError('2048', 'games/2048')).toBeUndefined()
  })
})

test.each([
  ['Only Name!', 'only-name'],
  ['Node.js', 'node.js'],
  ['Café Zürich', 'cafe-zurich'],
  ['Straße 5', 'stra-e-5'],
  ['ﬁne \u212A', 'fine-k'],
  ['.NET tools…', 'net-tools'],
  ['-- a - b --', 'a-b'],
  ['under_score', 'under_score'],
  ['你好', ''],
  ['!!!', ''],
])('the path derived from the name %j is %j', (name, path) => {
  expect(pathFromName(name)).toBe(path)
})

test.each([
  ['group/sub/app', 'app', 'group/sub'],
  ['app', 'app', ''],
])('the namespace of %s is what precedes its path', (fullPath, path, namespace) => {
  expect(namespaceOf({ fullPath, path })).toBe(namespace)
  expect(joinPath(namespace, path)).toBe(fullPath)
})
