import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../src/cli/command.ts'
import { clearStep } from '../src/cli/terminal.ts'
import { comparisonsOf, runAll } from './comparisons.ts'
import { measureDeliveries } from './deliveries.ts'
import { environmentNow } from './environment.ts'
import { type Figure, figuresOf } from './figures.ts'
import { FULL, isFull, optionsOf, type Parameters, readParameters } from './parameters.ts'
import { reportOf, tableOf } from './report.ts'
import { setUp } from './setup.ts'
import { activeTimes, compressedSize } from './startup.ts'

const RESULTS = new URL('results.md', import.meta.url)
const STARTS = 10
const BUSY = 0.5

await runCommand(async () => {
  const parameters = readParameters(process.argv.slice(2))
  const environment = environmentNow()
  if (environment.load > BUSY) console.error(`The machine is busy (load ${environment.load.toFixed(2)}): expect noise.`)
  const table = tableOf(await measure(parameters))
  console.log(table)
  if (isFull(parameters)) writeFileSync(RESULTS, reportOf(table, parameters, environment))
  else console.error(`\nbench/results.md stays as it is: a full run takes ${optionsOf(FULL)}, or more.`)
  return 0
})

async function measure({ rows, rounds, seconds }: Parameters): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const { workers, scripts } = await setUp(directory, rows)
  const comparisons = comparisonsOf(rows)
  await runAll(comparisons, workers, rounds, seconds)
  await workers.stop()
  const deliveries = await measureDeliveries(scripts, join(directory, 'deliveries'), rounds, seconds)
  const startup = { kibibytes: compressedSize(scripts.patchbay), activeTimes: activeTimes(directory, STARTS) }
  clearStep()
  return figuresOf(comparisons, startup, deliveries)
}
