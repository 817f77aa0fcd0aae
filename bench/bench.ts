import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { comparisonsOf, runAll } from './comparisons.ts'
import { measureDeliveries } from './deliveries.ts'
import { environmentNow } from './environment.ts'
import { type Figure, figuresOf } from './figures.ts'
import { clearProgress } from './progress.ts'
import { type Parameters, reportOf, tableOf } from './report.ts'
import { SMALL_ROWS, setUp } from './setup.ts'
import { activeTimes, compressedSize } from './startup.ts'

const FULL: Parameters = { rows: 10_000_000, rounds: 21, seconds: 0.5 }
const RESULTS = new URL('results.md', import.meta.url)
const STARTS = 10
const BUSY = 0.5

const parameters = readParameters()
const environment = environmentNow()
if (environment.load > BUSY) console.error(`The machine is busy (load ${environment.load.toFixed(2)}): expect noise.`)
const directory = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

const table = tableOf(await measure(parameters))
console.log(table)
if (isFull(parameters)) writeFileSync(RESULTS, reportOf(table, parameters, environment))
else console.error(`\nbench/results.md stays as it is: a full run takes ${optionsOf(FULL)}, or more.`)

async function measure({ rows, rounds, seconds }: Parameters): Promise<Figure[]> {
  const { workers, scripts } = await setUp(directory, rows)
  const comparisons = comparisonsOf(rows)
  await runAll(comparisons, workers, rounds, seconds)
  await workers.stop()
  const deliveries = await measureDeliveries(scripts, join(directory, 'deliveries'), rounds, seconds)
  const startup = { kibibytes: compressedSize(scripts.patchbay), activeTimes: activeTimes(directory, STARTS) }
  clearProgress()
  return figuresOf(comparisons, startup, deliveries)
}

function readParameters(): Parameters {
  const text = (value: number) => ({ type: 'string', default: String(value) }) as const
  const options = { rows: text(FULL.rows), rounds: text(FULL.rounds), seconds: text(FULL.seconds) }
  const { rows, rounds, seconds } = parseArgs({ options }).values
  const parameters = { rows: Number(rows), rounds: Number(rounds), seconds: Number(seconds) }
  const isUsable = parameters.rows >= SMALL_ROWS && parameters.rounds >= 1 && parameters.seconds > 0
  if (isUsable) return parameters
  console.error(`Usage: npm run bench -- ${optionsOf(FULL)}; at least ${SMALL_ROWS} rows, 1 round`)
  process.exit(1)
}

function optionsOf({ rows, rounds, seconds }: Parameters): string {
  return `--rows ${rows} --rounds ${rounds} --seconds ${seconds}`
}

function isFull({ rows, rounds, seconds }: Parameters): boolean {
  return rows >= FULL.rows && rounds >= FULL.rounds && seconds >= FULL.seconds
}
