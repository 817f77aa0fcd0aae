import { clearLine, cursorTo } from 'node:readline'

const { stderr } = process

/** Shows what is being done: on a terminal, in the place of what was shown before. */
export function progress(text: string): void {
  clearProgress()
  stderr.write(stderr.isTTY ? `… ${text}` : `… ${text}\n`)
}

export function clearProgress(): void {
  if (!stderr.isTTY) return
  clearLine(stderr, 0)
  cursorTo(stderr, 0)
}
