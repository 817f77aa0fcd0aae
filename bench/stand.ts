import { cpSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { load } from './load.ts'
import { progress } from './progress.ts'
import { seedFirst, seedOthers } from './seed.ts'
import { type Ask, apart, floor, patchbay } from './shots.ts'
import { bundle, start, type Worker } from './worker.ts'

export const FEW_ROWS = 1000
export const DISTANCE_MS = 20

const WARM_UP = 3000
const BYTES_PER_ROW = 600
const BYTES_BESIDES = 500e6

/** The Workers that are measured, all of them running and warm. */
export interface Stand {
  floor: Worker
  /** The same as the floor: what differs between the two is noise. */
  twin: Worker
  /** Patchbay on few rows, and on many. */
  few: Worker
  many: Worker
  /** Patchbay on few rows in a distant D1. */
  far: Worker
  /** Patchbay's bundle. */
  script: string
}

export async function setUp(directory: string, rows: number): Promise<Stand> {
  checkSpace(directory, rows)
  const place = (name: string) => join(directory, name)
  progress('bundling')
  const script = bundle(place('patchbay'))
  const leastScript = bundle(place('least'), 'bench/workers/floor.ts')
  const farScript = bundle(place('distant'), 'bench/workers/distance.ts')
  await seed(place, script, rows)
  const stand = {
    floor: await start(leastScript, place('floor')),
    twin: await start(leastScript, place('twin')),
    few: await start(script, place('few')),
    many: await start(script, place('many')),
    far: await start(farScript, place('far'), { DISTANCE: DISTANCE_MS }),
    script,
  }
  await warmUp(stand, rows)
  return stand
}

export async function takeDown({ floor, twin, few, many, far }: Stand): Promise<void> {
  await Promise.all([floor, twin, few, many, far].map((worker) => worker.stop()))
}

async function seed(place: (name: string) => string, script: string, rows: number): Promise<void> {
  progress('making the first project')
  await seedFirst(script, place('few'))
  cpSync(place('few'), place('many'), { recursive: true })
  seedOthers(place('few'), FEW_ROWS)
  for (const name of ['floor', 'twin', 'far']) cpSync(place('few'), place(name), { recursive: true })
  progress(`seeding ${rows.toLocaleString('en')} rows`)
  seedOthers(place('many'), rows)
}

/** Enough requests of each kind for V8 to have compiled what they run. */
async function warmUp({ floor: least, twin, few, many, far }: Stand, rows: number): Promise<void> {
  const warm = async (name: string, worker: Worker, asks: Record<string, Ask>, size: number) => {
    const project = apart(size)
    for (const [kind, ask] of Object.entries(asks)) {
      progress(`warming up: ${name}, ${kind}`)
      await load(
        worker.url,
        (connection) => ask(project(connection)),
        (requests) => requests >= WARM_UP,
      )
    }
  }
  await warm('the floor', least, floor, FEW_ROWS)
  await warm('its twin', twin, floor, FEW_ROWS)
  await warm('few rows', few, patchbay, FEW_ROWS)
  await warm('many rows', many, patchbay, rows)
  await warm('the distant one', far, { get: patchbay.get, put: patchbay.put }, FEW_ROWS)
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
