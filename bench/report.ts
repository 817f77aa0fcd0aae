import type { Environment } from './environment.ts'
import { type Figure, MAX_NOISE, ratioOf, verdictOf } from './figures.ts'
import { CONNECTIONS } from './load.ts'
import type { Parameters } from './parameters.ts'
import { DISTANCE_MS, SMALL_ROWS } from './setup.ts'

const HEAD = ['Figure', 'Measured', 'Against', 'Ratio', 'Spread', 'Target', 'Verdict']

/** One table, in Markdown that a terminal shows well too. */
export function tableOf(figures: readonly Figure[]): string {
  const lines = [HEAD, ...figures.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  const [head = [], ...body] = lines
  const toText = (line: readonly string[]) => `| ${widths.map((width, at) => line[at]?.padEnd(width)).join(' | ')} |`
  return [head, rule, ...body].map(toText).join('\n')
}

export function reportOf(table: string, { rows, rounds, seconds }: Parameters, environment: Environment): string {
  const { date, commit, machine, versions, load } = environment
  return `# Results

\`npm run bench\` writes this file, and \`bench/\` is all there is to it.

- ${date}, commit ${commit}
- ${machine}; load ${load.toFixed(2)} before the start
- ${versions}
- ${rows.toLocaleString('en')} rows, ${rounds} rounds, ${CONNECTIONS} connections, ${seconds} s a run

${table}

"Measured" and "against" are medians of the rounds. A target is for the ratio: the median of the rounds' ratios, whose
least and greatest are the spread.

- **CPU** is the CPU time of the runtime for a request, user and system. It is compared with the baseline: the least Worker
  that runs one prepared statement by key and returns its row as JSON, for a list too. All Workers run in one process, in turns
  a–b–b–a, behind the asset router of the deployed configuration; the *bare* baseline has none in front. The noise is how far
  the baseline is from a copy of itself in a round, by the median; a target counts as met within it, up to ${MAX_NOISE}.
- **Growth** is how many times longer a request takes on all the rows than on ${SMALL_ROWS.toLocaleString('en')}. Each project has ten settings and
  a token. A connection stays on its own row, but for the figures of any row.
- **Distance** adds ${DISTANCE_MS} ms to each trip to the database, and has one connection: it is how long a request takes, not how long
  it waits for others. Its unit is a trip: a request that waits the same ${DISTANCE_MS} ms and does nothing else. The runtime's timer
  and HTTP make it longer than that, by what the table shows.
- **Deliveries** go to a receiver in the process that also posts the events. Accepting is measured without a queue, against
  rows that the baseline inserts; deliveries a second are those of a burst of 200 events for two services each.
- **Start-up** is what \`wrangler check startup\` calls active, of ten runs.
- The Workers have no rate limit: Miniflare's replacement writes a row for each request, which Cloudflare's does not.
`
}

function cells(figure: Figure): string[] {
  const { name, measured, against, ratios, target } = figure
  const spread = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2)).join('–')
  const least = target?.atLeast === undefined ? [] : [`≥ ${target.atLeast.toFixed(2)}`]
  const most = target?.atMost === undefined ? [] : [`≤ ${target.atMost.toFixed(2)}`]
  const aim = [...least, ...most].join(', ') || '–'
  return [name, measured, against, ratioOf(figure).toFixed(3), spread, aim, verdictOf(figure)]
}
