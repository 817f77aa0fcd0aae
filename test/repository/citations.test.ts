import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { listFiles, ROOT, read } from './files.ts'

interface Citation {
  /** The file that cites. */
  from: string
  /** The path that is cited, from the root of the repository. */
  path: string
  anchor: string | undefined
}

const files = listFiles('*.ts', '*.md', '*.toml', '*.yml', '*.py', '.ci').filter((path) => existsSync(join(ROOT, path)))
const citations = files.flatMap((from) => [...citationsIn(from), ...(from.endsWith('.md') ? linksIn(from) : [])])

describe('citations', () => {
  it('of a rule as docs/FILE.md#anchor occur in src, test and docs', () => {
    for (const folder of ['src/', 'test/', 'docs/'])
      assert.ok(citations.some(({ from, anchor }) => from.startsWith(folder) && anchor))
  })

  it('name a file that exists, and a heading in it', () => {
    const broken = citations.filter(({ path, anchor }) => !exists(path, anchor))
    assert.deepEqual(broken, [])
  })

  it('of folders and files in documents name what exists', () => {
    const missing = pathsInDocuments().filter(({ path }) => !existsSync(join(ROOT, path)))
    assert.deepEqual(missing, [])
  })

  it('never name a document that is not in the repository', () => {
    const unavailable = /\bdecisions(\.md)? \d|gitlab-behaviou?r\b|\/work\/|\bissue \d+ item/i
    assert.deepEqual(
      files.filter((path) => path !== 'test/repository/citations.test.ts' && unavailable.test(read(path))),
      [],
    )
  })
})

/** Citations in comments: `docs/rules.md#names`, written from the root whatever the file. */
function citationsIn(from: string): Citation[] {
  return [...read(from).matchAll(/\bdocs\/([a-z-]+\.md)(?:#([\w-]+))?/g)].map(([, file, anchor]) => ({
    from,
    path: `docs/${file}`,
    anchor,
  }))
}

/** Markdown links to files of the repository, written from the file's own folder. */
function linksIn(from: string): Citation[] {
  return [...read(from).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([\w-]+))?\)/g)].map(([, path, anchor]) => ({
    from,
    path: path ? normalize(join(dirname(from), path)) : from,
    anchor,
  }))
}

/** Paths of code that documents show in backticks, also in commands. One with a placeholder is cut at its folder. */
function pathsInDocuments() {
  return files
    .filter((from) => from.endsWith('.md'))
    .flatMap((from) =>
      [...read(from).matchAll(/`[^`\n]+`/g)]
        .flatMap(([code]) => code.match(/(?<![\w./-])(?:src|test|bench|migrations)\/[\w./<>*-]*/g) ?? [])
        .map((text) => ({ from, path: text.split(/[^/]*[<*]/)[0] ?? '' })),
    )
}

function exists(path: string, anchor: string | undefined): boolean {
  if (!existsSync(join(ROOT, path))) return false
  return anchor === undefined || anchorsOf(read(path)).has(anchor)
}

/** The anchors that GitHub and GitLab give to headings. */
function anchorsOf(markdown: string): Set<string> {
  const text = markdown.replaceAll(/^```.*?^```/gms, '')
  const titles = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title)
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
}
