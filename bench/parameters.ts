import { type OptionTable, parseOptions } from '../src/cli/command.ts'
import { SMALL_ROWS } from './setup.ts'

export interface Parameters {
  rows: number
  rounds: number
  seconds: number
}

/** The least that a published report is measured with. */
export const FULL: Parameters = { rows: 10_000_000, rounds: 21, seconds: 0.5 }

const options = {
  rows: { type: 'string', value: 'N', default: String(FULL.rows), help: `rows of settings, ${SMALL_ROWS} or more` },
  rounds: { type: 'string', value: 'N', default: String(FULL.rounds), help: 'rounds of each comparison' },
  seconds: { type: 'string', value: 'N', default: String(FULL.seconds), help: 'duration of each run' },
} as const satisfies OptionTable

/** @throws CommandError with the usage text */
export function readParameters(args: readonly string[]): Parameters {
  return toNumbers(parseOptions('bench', options, args, (values) => problemsOf(toNumbers(values))))
}

export function isFull({ rows, rounds, seconds }: Parameters): boolean {
  return rows >= FULL.rows && rounds >= FULL.rounds && seconds >= FULL.seconds
}

export function optionsOf({ rows, rounds, seconds }: Parameters): string {
  return `--rows ${rows} --rounds ${rounds} --seconds ${seconds}`
}

function problemsOf({ rows, rounds, seconds }: Parameters): string[] {
  return [
    ...(rows >= SMALL_ROWS ? [] : [`--rows must be ${SMALL_ROWS} or more`]),
    ...(rounds >= 1 ? [] : ['--rounds must be 1 or more']),
    ...(seconds > 0 ? [] : ['--seconds must be more than 0']),
  ]
}

function toNumbers({ rows, rounds, seconds }: Partial<Record<keyof Parameters, string>>): Parameters {
  return { rows: Number(rows), rounds: Number(rounds), seconds: Number(seconds) }
}
