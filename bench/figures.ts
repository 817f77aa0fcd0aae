import type { Contests, Sample } from './contests.ts'
import { MAX_KIBIBYTES } from './startup.ts'
import { median } from './statistics.ts'

interface Target {
  atLeast?: number
  atMost?: number
  /** How far off a ratio may be and still count. */
  noise?: number
}

/** A line of the table. */
export interface Figure {
  name: string
  measured: string
  against: string
  ratios: readonly number[]
  /** Undefined where the figure is reported, not judged. */
  target?: Target
}

export type Verdict = 'met' | 'met within noise' | 'too noisy' | 'missed' | 'reported'

export interface Startup {
  kibibytes: number
  activeTimes: readonly number[]
}

/** Beyond this, noise says more of the machine than of Patchbay, and excuses nothing. */
export const MAX_NOISE = 0.05
const MAX_ACTIVE_MS = 50

export function figuresOf(contests: Contests, startup: Startup): Figure[] {
  const noise = { get: noiseOf(contests.noiseGet.samples), put: noiseOf(contests.noisePut.samples) }
  return [
    throughput('GET', contests.get.samples, { atLeast: 0.85, noise: noise.get }),
    throughput('List of 10 active', contests.list.samples, { atLeast: 0.6, noise: noise.get }),
    throughput('PUT', contests.put.samples, { atLeast: 0.4, noise: noise.put }),
    throughput('PUT, 8 writers on one row', contests.sameRow.samples),
    throughput(`The floor's GET, noise ${noise.get.toFixed(3)}`, contests.noiseGet.samples),
    throughput(`The floor's PUT, noise ${noise.put.toFixed(3)}`, contests.noisePut.samples),
    growth('GET', contests.growthGet.samples, { atMost: 1.15 }),
    growth('list', contests.growthList.samples, { atMost: 1.15 }),
    growth('PUT', contests.growthPut.samples, { atMost: 1.15 }),
    growth('GET of any row', contests.scatteredGet.samples),
    growth('list of any project', contests.scatteredList.samples),
    growth('PUT of any row', contests.scatteredPut.samples),
    distance('GET', contests.distanceGet.samples, { atMost: 1.15 }),
    distance('PUT', contests.distancePut.samples, { atMost: 2.2 }),
    amount('Bundle, gzip', 'KiB', [startup.kibibytes], MAX_KIBIBYTES),
    amount('Start-up, active', 'ms', startup.activeTimes, MAX_ACTIVE_MS),
  ]
}

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

/** How far the floor is from its twin in a round, by the median. */
function noiseOf(samples: readonly Sample[]): number {
  return median(ratiosOf(samples).map((ratio) => Math.abs(ratio - 1)))
}

function throughput(name: string, samples: readonly Sample[], target?: Target): Figure {
  return { name, ...medians(samples, perSecond), ratios: ratiosOf(samples), ...(target && { target }) }
}

/** How many times longer a request takes on many rows. */
function growth(name: string, samples: readonly Sample[], target?: Target): Figure {
  const ratios = samples.map(({ one, other }) => one / other)
  return { name: `Growth: ${name}`, ...medians(samples, perSecond), ratios, ...(target && { target }) }
}

/** How many trips long a request is. */
function distance(name: string, samples: readonly Sample[], target: Target): Figure {
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`
  return { name: `Distance: ${name}, p50`, ...medians(samples, milliseconds), ratios: ratiosOf(samples), target }
}

/** What is measured against a fixed amount, and by default must not exceed it. */
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

function medians(samples: readonly Sample[], toText: (value: number) => string): Pick<Figure, 'measured' | 'against'> {
  const text = (side: keyof Sample) => toText(median(samples.map((sample) => sample[side])))
  return { measured: text('other'), against: text('one') }
}

function ratiosOf(samples: readonly Sample[]): number[] {
  return samples.map(({ one, other }) => other / one)
}
