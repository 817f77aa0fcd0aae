export const DRY_RUN = 'dry_run'
/** Parameters that decide whether a request writes or deletes. */
const CONTROLS = [DRY_RUN, 'prune']

/**
 * Returns the parameter that a name is but for case and punctuation. Ignored as unknown, `dry-run` would turn a
 * preview into a write.
 */
export function nearControl(name: string): string | undefined {
  return CONTROLS.find((control) => control !== name && bare(control) === bare(name))
}

/** Returns whether a name is such a parameter, written correctly or not. */
export function isControl(name: string): boolean {
  return CONTROLS.includes(name) || nearControl(name) !== undefined
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]/g, '')
}
