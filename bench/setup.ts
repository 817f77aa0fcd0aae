import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { bundle } from '../src/cli/bundle.ts'
import { showStep } from '../src/cli/terminal.ts'
import { load } from './load.ts'
import { baseline, ownRow, patchbay, type RequestOf } from './requests.ts'
import { seedAll, seedFirst } from './seed.ts'
import { type Name, type Scripts, start, type Workers } from './workers.ts'

export const SMALL_ROWS = 1000
export const DISTANCE_MS = 20

const WARM_UP_REQUESTS = 3000
const BYTES_PER_ROW = 600
const BYTES_BESIDES = 500e6

/** The Workers that are measured, all of them running and warm, and their bundles. */
export interface Setup {
  workers: Workers
  scripts: Scripts
}

/** `large` has so many rows, all others have few. */
export async function setUp(directory: string, rows: number): Promise<Setup> {
  checkSpace(directory, rows)
  const data = join(directory, 'data')
  const scripts = await bundleAll(directory)
  showStep('creating the first project')
  const first = await start(scripts, data, DISTANCE_MS)
  await seedFirst(first)
  await first.stop()
  showStep(`seeding ${rows.toLocaleString('en')} rows`)
  seedAll(data, (name) => (name === 'large' ? rows : SMALL_ROWS))
  const workers = await start(scripts, data, DISTANCE_MS)
  await warmUp(workers, rows)
  return { workers, scripts }
}

async function bundleAll(directory: string): Promise<Scripts> {
  showStep('bundling')
  return {
    patchbay: await bundle('src/index.ts', join(directory, 'patchbay.js')),
    baseline: await bundle('bench/entries/baseline.ts', join(directory, 'baseline.js')),
    distant: await bundle('bench/entries/distant.ts', join(directory, 'distant.js')),
  }
}

const WARM_UPS: Readonly<Record<Name, Readonly<Record<string, RequestOf>>>> = {
  bare: baseline,
  baseline,
  baselineCopy: baseline,
  small: patchbay,
  large: patchbay,
  distant: { get: patchbay.get, put: patchbay.put },
}

/** Sends enough requests of each kind for V8 to have compiled what they run. */
async function warmUp(workers: Workers, rows: number): Promise<void> {
  for (const [name, requests] of Object.entries(WARM_UPS) as [Name, Record<string, RequestOf>][]) {
    const project = ownRow(name === 'large' ? rows : SMALL_ROWS)
    for (const [kind, requestOf] of Object.entries(requests)) {
      showStep(`warming up: ${name}, ${kind}`)
      const isOver = (sent: number) => sent >= WARM_UP_REQUESTS
      await load(workers.urlOf(name), (connection) => requestOf(project(connection)), isOver)
    }
  }
}

function checkSpace(directory: string, rows: number): void {
  const { bavail, bsize } = statfsSync(directory)
  const needed = rows * BYTES_PER_ROW + BYTES_BESIDES
  if (bavail * bsize >= needed) return
  const inGigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  console.error(`${directory} needs ${inGigabytes(needed)} of free space, and has ${inGigabytes(bavail * bsize)}.`)
  console.error('Set TMPDIR to a directory with more, or take fewer rows with --rows.')
  process.exit(1)
}
