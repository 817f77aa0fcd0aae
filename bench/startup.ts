import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { showStep } from '../src/cli/terminal.ts'
import { readWrangler } from '../src/cli/wrangler.ts'

/** A cold Worker loads all of its bundle. */
export const MAX_KIBIBYTES = 160
export const MAX_ACTIVE_MS = 40

/** KiB of a bundle, as gzip leaves them. */
export function compressedSize(script: string): number {
  return gzipSync(script).length / 1024
}

/** Milliseconds that `wrangler check startup` calls active, several times. */
export function activeTimes(directory: string, times: number): number[] {
  return Array.from({ length: times }, (_, index) => {
    showStep(`start-up: ${index + 1} of ${times}`)
    const output = readWrangler(['check', 'startup', '--outfile', join(directory, 'startup.cpuprofile')]) ?? ''
    const [, active] = /Active: ([\d.]+) ms/.exec(output) ?? []
    if (active === undefined) throw new Error(`wrangler check startup did not print the active time: ${output}`)
    return Number(active)
  })
}
