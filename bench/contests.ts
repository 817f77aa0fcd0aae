import { CONNECTIONS, type Leg, load } from './load.ts'
import { progress } from './progress.ts'
import { type Ask, anywhere, apart, floor, type Place, patchbay, together, trip } from './shots.ts'
import { FEW_ROWS, type Stand } from './stand.ts'
import { median } from './statistics.ts'
import type { Worker } from './worker.ts'

interface Side {
  worker: Worker
  ask: Ask
  place: Place
}

/** What a round measured. */
export interface Sample {
  one: number
  other: number
}

/** Two sides that take turns, what is measured of them, and what the rounds so far have measured. */
interface Contest {
  one: Side
  other: Side
  connections: number
  measure(leg: Leg): number
  samples: Sample[]
}

const perSecond = (leg: Leg) => leg.perSecond
const p50 = (leg: Leg) => median(leg.latencies)

/** All that is measured by load. */
export function contestsOf(stand: Stand, rows: number) {
  const own = apart(FEW_ROWS)
  const least = (ask: Ask, place = own) => ({ worker: stand.floor, ask, place })
  const few = (ask: Ask, place = own) => ({ worker: stand.few, ask, place })
  const many = (ask: Ask, place = apart(rows)) => ({ worker: stand.many, ask, place })
  const against = (one: Side, other: Side): Contest => ({
    one,
    other,
    connections: CONNECTIONS,
    measure: perSecond,
    samples: [],
  })
  const grown = (ask: Ask) => against(few(ask), many(ask))
  const scattered = (ask: Ask) => against(few(ask, anywhere(FEW_ROWS)), many(ask, anywhere(rows)))
  const far = (ask: Ask) => ({ worker: stand.far, ask, place: own })
  const distant = (ask: Ask) => ({ ...against(far(trip), far(ask)), connections: 1, measure: p50 })
  return {
    noiseGet: against(least(floor.get), { ...least(floor.get), worker: stand.twin }),
    noisePut: against(least(floor.put), { ...least(floor.put), worker: stand.twin }),
    get: against(least(floor.get), few(patchbay.get)),
    list: against(least(floor.get), few(patchbay.list)),
    put: against(least(floor.put), few(patchbay.put)),
    sameRow: against(least(floor.put, together()), few(patchbay.put, together())),
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

export type Contests = ReturnType<typeof contestsOf>

/** Holds all rounds of a contest in a row, after one that does not count: a Worker that was idle for a while is slow. */
export async function hold(contests: Contests, rounds: number, seconds: number): Promise<void> {
  for (const [name, contest] of Object.entries(contests)) {
    for (let round = 0; round <= rounds; round++) {
      progress(`${name}: round ${round} of ${rounds}`)
      const sample = await turns(contest, seconds)
      if (round > 0) contest.samples.push(sample)
    }
  }
}

/** a–b–b–a: a drift hits both alike. */
async function turns({ one, other, connections, measure }: Contest, seconds: number): Promise<Sample> {
  const leg = async ({ worker, ask, place }: Side) => {
    const shot = (connection: number) => ask(place(connection))
    return measure(await load(worker.url, shot, (_, milliseconds) => milliseconds >= seconds * 1000, connections))
  }
  const [a, b, c, d] = [await leg(one), await leg(other), await leg(other), await leg(one)]
  return { one: (a + d) / 2, other: (b + c) / 2 }
}
