/** Where an import prints: what it comes to on stdout, how far it is on stderr. */
export interface Output {
  print(text?: string): void
  progress(text: string): void
  /** Blots out a value wherever it would be printed. Nothing prints one on purpose. */
  hide(value: string): void
  clean(text: string): string
}

/** What is shorter also stands in other words. */
const HIDDEN_LENGTH = 6

export function openOutput(): Output {
  const hidden = new Set<string>()

  function clean(text: string): string {
    const visible = text.replaceAll(/[^\P{Cc}\n]/gu, '')
    return [...hidden].reduce((rest, value) => rest.replaceAll(value, '***'), visible)
  }

  return {
    clean,
    print: (text = '') => console.log(clean(text)),
    progress: (text) => console.error(clean(text)),
    hide: (value) => {
      if (value.length >= HIDDEN_LENGTH) hidden.add(value)
    },
  }
}

/** Rows with their columns under each other. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
