import { clearLine, cursorTo } from 'node:readline'

/**
 * Characters that would change how the rest of a line looks: line breaks and other controls, marks of direction, invisible
 * characters, and spaces other than the usual one.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu

/** Values shorter than this are not redacted: they would match inside ordinary words. */
const REDACTED_LENGTH = 6

/** A command's output: results on stdout, progress on stderr. Each argument of `print` stays one line. */
export class Terminal {
  readonly #secrets = new Set<string>()

  print(...lines: readonly string[]): void {
    for (const line of lines) console.log(this.clean(line))
  }

  progress(line: string): void {
    console.error(this.clean(line))
  }

  /** Redacts a value in everything that is printed from now on. */
  hide(value: string): void {
    if (value.length >= REDACTED_LENGTH) this.#secrets.add(value)
  }

  /** Returns the text as one line that shows each of its characters. */
  clean(text: string): string {
    const redacted = [...this.#secrets].reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    return escapeUnprintable(redacted)
  }
}

export function escapeUnprintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Quotes text from elsewhere if it could be taken for several columns or for words of our own. */
export function quoteUnlessName(text: string): string {
  const isName = text.length <= 255 && !/[^A-Za-z0-9_./-]/.test(text) && text !== ''
  return isName ? text : JSON.stringify(text.length > 255 ? `${text.slice(0, 255)}…` : text)
}

/** One line for each row, with the columns aligned. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(escapeUnprintable))
  const columns = Math.max(0, ...cells.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const { stderr } = process

/** Shows the current step on stderr; on a terminal it replaces the step before. */
export function showStep(text: string): void {
  clearStep()
  stderr.write(stderr.isTTY ? `… ${text}` : `… ${text}\n`)
}

export function clearStep(): void {
  if (!stderr.isTTY) return
  clearLine(stderr, 0)
  cursorTo(stderr, 0)
}
