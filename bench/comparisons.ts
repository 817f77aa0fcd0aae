import { showStep } from '../src/cli/terminal.ts'
import { CONNECTIONS, load } from './load.ts'
import { anyRow, baseline, ownRow, type Placement, patchbay, type RequestOf, sameRow, trip } from './requests.ts'
import { SMALL_ROWS } from './setup.ts'
import { median } from './statistics.ts'
import type { Name, Workers } from './workers.ts'

interface Side {
  worker: Name
  requestOf: RequestOf
  placement: Placement
}

/** Work of a side in a round. */
export interface Measurement {
  perSecond: number
  /** Milliseconds, by the median. */
  latency: number
  /** CPU time of the runtime for a request, in microseconds; undefined if the system does not say. */
  cpu: number | undefined
}

export interface Round {
  reference: Measurement
  measured: Measurement
}

/** Two sides that take turns, and what each round has measured. */
export interface Comparison {
  reference: Side
  measured: Side
  connections: number
  rounds: Round[]
}

/** All that is measured under load. */
export function comparisonsOf(rows: number) {
  const small = ownRow(SMALL_ROWS)
  const side = (worker: Name, requestOf: RequestOf, placement = small): Side => ({ worker, requestOf, placement })
  const compare = (reference: Side, measured: Side, connections = CONNECTIONS): Comparison => ({
    reference,
    measured,
    connections,
    rounds: [],
  })
  const grown = (requestOf: RequestOf) => compare(side('small', requestOf), side('large', requestOf, ownRow(rows)))
  const scattered = (requestOf: RequestOf) =>
    compare(side('small', requestOf, anyRow(SMALL_ROWS)), side('large', requestOf, anyRow(rows)))
  const distant = (requestOf: RequestOf) => compare(side('distant', trip), side('distant', requestOf), 1)
  return {
    noiseGet: compare(side('baseline', baseline.get), side('baselineCopy', baseline.get)),
    noisePut: compare(side('baseline', baseline.put), side('baselineCopy', baseline.put)),
    get: compare(side('baseline', baseline.get), side('small', patchbay.get)),
    bareGet: compare(side('bare', baseline.get), side('small', patchbay.get)),
    bareList: compare(side('bare', baseline.get), side('small', patchbay.list)),
    barePut: compare(side('bare', baseline.put), side('small', patchbay.put)),
    router: compare(side('bare', baseline.get), side('baseline', baseline.get)),
    sameRow: compare(side('baseline', baseline.put, sameRow), side('small', patchbay.put, sameRow)),
    growthGet: grown(patchbay.get),
    growthList: grown(patchbay.list),
    growthPut: grown(patchbay.put),
    scatteredGet: scattered(patchbay.get),
    scatteredList: scattered(patchbay.list),
    scatteredPut: scattered(patchbay.put),
    distanceGet: distant(patchbay.get),
    distancePut: distant(patchbay.put),
  }
}

export type Comparisons = ReturnType<typeof comparisonsOf>

/** Runs all rounds of a comparison in a row, after one that does not count: a Worker that was idle for a while is slow. */
export async function runAll(comparisons: Comparisons, workers: Workers, rounds: number, seconds: number) {
  for (const [name, comparison] of Object.entries(comparisons)) {
    for (let round = 0; round <= rounds; round++) {
      showStep(`${name}: round ${round} of ${rounds}`)
      const result = await runRound(comparison, workers, seconds)
      if (round > 0) comparison.rounds.push(result)
    }
  }
}

/** Reference, measured, measured, reference: a drift of the machine affects both alike. */
async function runRound(comparison: Comparison, workers: Workers, seconds: number): Promise<Round> {
  const { reference, measured, connections } = comparison
  const measure = (side: Side) => measureSide(side, workers, seconds, connections)
  const [a, b, c, d] = [
    await measure(reference),
    await measure(measured),
    await measure(measured),
    await measure(reference),
  ]
  return { reference: mean(a, d), measured: mean(b, c) }
}

async function measureSide(side: Side, workers: Workers, seconds: number, connections: number): Promise<Measurement> {
  const { worker, requestOf, placement } = side
  const before = workers.cpuTime()
  const isOver = (_: number, milliseconds: number) => milliseconds >= seconds * 1000
  const run = await load(workers.urlOf(worker), (connection) => requestOf(placement(connection)), isOver, connections)
  const after = workers.cpuTime()
  const cpu = before === undefined || after === undefined ? undefined : ((after - before) * 1000) / run.requests
  return { perSecond: run.perSecond, latency: median(run.latencies), cpu }
}

function mean(one: Measurement, other: Measurement): Measurement {
  return {
    perSecond: (one.perSecond + other.perSecond) / 2,
    latency: (one.latency + other.latency) / 2,
    cpu: one.cpu === undefined || other.cpu === undefined ? undefined : (one.cpu + other.cpu) / 2,
  }
}
