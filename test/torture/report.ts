const MAX_VIOLATIONS = 20

export function printFigures(figures: Readonly<Record<string, number>>): void {
  for (const [name, figure] of Object.entries(figures)) console.log(`${name}: ${figure}`)
}

/** Ends the whole run if something is wrong. */
export function stopAt(violations: readonly string[]): void {
  if (violations.length === 0) return
  console.error(violations.slice(0, MAX_VIOLATIONS).join('\n'))
  process.exit(1)
}
