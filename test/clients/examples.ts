import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of a document. */
interface Block {
  /** The info string of the code block: `console`, `console setup`, `js`. */
  info: string
  lines: readonly string[]
}

export interface Example {
  command: string
  /** The output in the document; `…` stands for any text. */
  expected: string
}

/** The address that documents show. */
const SHOWN_URL = 'http://localhost:8787'

export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = '', text = '']) => ({
    info,
    lines: text.split('\n').slice(0, -1),
  }))
}

/** The commands of a block: lines after `$ `, continued after `> `, with their output below. */
export function examplesIn({ lines }: Block): Example[] {
  const examples: Example[] = []
  for (const line of lines) {
    const last = examples.at(-1)
    if (line.startsWith('$ ')) examples.push({ command: line.slice(2), expected: '' })
    else if (last && line.startsWith('> ') && last.expected === '') last.command += `\n${line.slice(2)}`
    else if (last) last.expected += `${line}\n`
  }
  return examples
}

/** Writes the files that the document shows: blocks whose first line is a comment with a file name. */
export function writeFiles(markdown: string, directory: string): void {
  for (const { info, lines } of blocksOf(markdown)) {
    const [, name] = /^(?:\/\/|#) ([\w-]+\.(?:mjs|yaml|json|sh))$/.exec(lines[0] ?? '') ?? []
    if (name && !info.startsWith('console')) writeFileSync(join(directory, name), `${lines.join('\n')}\n`)
  }
}

/** Runs commands one after the other in one shell, and returns the output of each. */
export function run(examples: readonly Example[], directory: string, url: string): string[] {
  const end = '\u0001'
  const script = examples.map(({ command }) => `${command.replaceAll(SHOWN_URL, url)}\nprintf '${end}'`).join('\n')
  const options = { cwd: directory, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const
  const { stdout } = spawnSync('bash', ['-c', `exec 2>&1\n${script}`], options)
  const shownHost = new URL(SHOWN_URL).host
  return stdout.split(end).map((text) => text.replaceAll(new URL(url).host, shownHost))
}

/** Returns whether output is as a document shows it. */
export function matches(output: string, expected: string): boolean {
  const text = output.trim()
  const [first = '', ...rest] = expected.trim().split('…')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

/** Puts the real output in the place of what a document shows, for outputs that differ. */
export function update(path: string, examples: readonly Example[], outputs: readonly string[]): void {
  let markdown = readFileSync(path, 'utf8')
  for (const [at, { command, expected }] of examples.entries()) {
    const output = outputs[at] ?? ''
    if (matches(output, expected)) continue
    const shown = `$ ${command.replaceAll('\n', '\n> ')}\n`
    markdown = markdown.replace(`${shown}${expected}`, () => `${shown}${output.trim()}\n`)
  }
  writeFileSync(path, markdown)
}
