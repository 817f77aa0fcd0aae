import type { Comparisons, Measurement, Round } from './comparisons.ts'
import type { Deliveries } from './deliveries.ts'
import { MAX_ACTIVE_MS, MAX_KIBIBYTES } from './startup.ts'
import { median } from './statistics.ts'

interface Target {
  atLeast?: number
  atMost?: number
  /** Largest deviation at which a ratio still counts. */
  noise?: number
}

/** A line of the table. */
export interface Figure {
  name: string
  measured: string
  against: string
  ratios: readonly number[]
  /** Undefined if the figure is reported, not judged. */
  target?: Target
}

export type Verdict = 'met' | 'met within noise' | 'too noisy' | 'missed' | 'reported'

export interface Startup {
  kibibytes: number
  activeTimes: readonly number[]
}

/** More noise than this says more about the machine than about Patchbay, and excuses nothing. */
export const MAX_NOISE = 0.05

export function figuresOf(comparisons: Comparisons, startup: Startup, deliveries: Deliveries): Figure[] {
  const { noiseGet, noisePut, get, bareGet, bareList, barePut, router, sameRow } = comparisons
  const noise = { get: noiseOf(noiseGet.rounds), put: noiseOf(noisePut.rounds) }
  return [
    ...share('GET', get.rounds, { atLeast: 0.85, noise: noise.get }),
    ...share('GET, bare baseline', bareGet.rounds, { atLeast: 0.7, noise: noise.get }),
    ...share('List of 10 active, bare baseline', bareList.rounds, { atLeast: 0.58, noise: noise.get }),
    ...share('PUT, bare baseline', barePut.rounds, { atLeast: 0.42, noise: noise.put }),
    ...share("The baseline's GET behind the asset router", router.rounds),
    ...share(`The baseline's GET, noise ${noise.get.toFixed(3)}`, noiseGet.rounds),
    ...share(`The baseline's PUT, noise ${noise.put.toFixed(3)}`, noisePut.rounds),
    throughput('PUT, 8 writers on one row', sameRow.rounds),
    growth('GET', comparisons.growthGet.rounds, { atMost: 1.15 }),
    growth('list', comparisons.growthList.rounds, { atMost: 1.15 }),
    growth('PUT', comparisons.growthPut.rounds, { atMost: 1.15 }),
    growth('GET of any row', comparisons.scatteredGet.rounds),
    growth('list of any project', comparisons.scatteredList.rounds),
    growth('PUT of any row', comparisons.scatteredPut.rounds),
    distance('GET', comparisons.distanceGet.rounds, { atMost: 1.15 }),
    distance('PUT', comparisons.distancePut.rounds, { atMost: 2.2 }),
    ...deliveryFigures(deliveries),
    amount('Bundle, gzip', 'KiB', [startup.kibibytes], MAX_KIBIBYTES),
    amount('Start-up, active', 'ms', startup.activeTimes, MAX_ACTIVE_MS),
  ]
}

const MIN_DELIVERIES = 350
const MAX_DEPARTURE_MS = 15
const MAX_ISOLATED_MS = 30

function deliveryFigures({ accepted, perSecond, departures, isolated }: Deliveries): Figure[] {
  return [
    throughput('Event for 2 services accepted, against an insert', accepted, { atLeast: 0.35 }),
    {
      name: 'Deliveries to a receiver of this machine',
      measured: `${Math.round(median(perSecond))}/s`,
      against: `${MIN_DELIVERIES}/s`,
      ratios: perSecond.map((value) => value / MIN_DELIVERIES),
      target: { atLeast: 1 },
    },
    amount('First request after the 202, p50', 'ms', departures, MAX_DEPARTURE_MS),
    amount('The same beside a receiver that hangs, p50', 'ms', isolated, MAX_ISOLATED_MS),
  ]
}

/** The ratio that counts: the median of the rounds. */
export function ratioOf({ ratios }: Figure): number {
  return median(ratios)
}

export function verdictOf(figure: Figure): Verdict {
  if (!figure.target) return 'reported'
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY, noise = 0 } = figure.target
  const ratio = ratioOf(figure)
  if (ratio >= atLeast && ratio <= atMost) return 'met'
  if (ratio < atLeast - noise || ratio > atMost + noise) return 'missed'
  return noise > MAX_NOISE ? 'too noisy' : 'met within noise'
}

/** Returns the distance of the baseline from its copy in a round, by the median. */
function noiseOf(rounds: readonly Round[]): number {
  return median(sharesOf(rounds).map((ratio) => Math.abs(ratio - 1)))
}

/** CPU time, which is judged, and throughput, which is reported. Without CPU times, throughput is judged. */
function share(name: string, rounds: readonly Round[], target?: Target): Figure[] {
  if (!hasCpuTimes(rounds)) return [throughput(name, rounds, target)]
  const text = (value: number) => `${Math.round(value)} µs`
  const cpu = medians(rounds, ({ cpu }) => cpu ?? 0, text)
  const judged = { name: `${name}: CPU`, ...cpu, ratios: sharesOf(rounds), ...(target && { target }) }
  return [judged, throughput(`${name}: throughput`, rounds)]
}

function hasCpuTimes(rounds: readonly Round[]): boolean {
  return rounds.every(({ reference, measured }) => reference.cpu !== undefined && measured.cpu !== undefined)
}

/** Returns the part of the reference's requests that a side does with the same CPU time, or in the same time. */
function sharesOf(rounds: readonly Round[]): number[] {
  return rounds.map(({ reference, measured }) =>
    reference.cpu !== undefined && measured.cpu !== undefined
      ? reference.cpu / measured.cpu
      : measured.perSecond / reference.perSecond,
  )
}

function throughput(name: string, rounds: readonly Round[], target?: Target): Figure {
  const ratios = rounds.map(({ reference, measured }) => measured.perSecond / reference.perSecond)
  return { name, ...medians(rounds, ({ perSecond }) => perSecond, perSecond), ratios, ...(target && { target }) }
}

/** Returns the factor by which a request takes longer on many rows. */
function growth(name: string, rounds: readonly Round[], target?: Target): Figure {
  const ratios = rounds.map(({ reference, measured }) => reference.perSecond / measured.perSecond)
  const text = medians(rounds, ({ perSecond }) => perSecond, perSecond)
  return { name: `Growth: ${name}`, ...text, ratios, ...(target && { target }) }
}

/** Returns the length of a request in trips. */
function distance(name: string, rounds: readonly Round[], target: Target): Figure {
  const text = medians(
    rounds,
    ({ latency }) => latency,
    (value) => `${value.toFixed(1)} ms`,
  )
  const ratios = rounds.map(({ reference, measured }) => measured.latency / reference.latency)
  return { name: `Distance: ${name}, p50`, ...text, ratios, target }
}

/** Figures with a fixed upper limit. */
function amount(name: string, unit: string, measured: readonly number[], limit: number): Figure {
  return {
    name,
    measured: `${median(measured).toFixed(1)} ${unit}`,
    against: `${limit} ${unit}`,
    ratios: measured.map((value) => value / limit),
    target: { atMost: 1 },
  }
}

function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`
}

function medians(
  rounds: readonly Round[],
  read: (measurement: Measurement) => number,
  toText: (value: number) => string,
): Pick<Figure, 'measured' | 'against'> {
  const text = (side: keyof Round) => toText(median(rounds.map((round) => read(round[side]))))
  return { measured: text('measured'), against: text('reference') }
}
