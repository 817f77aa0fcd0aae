import type { Environment } from './environment.ts'
import { type Figure, MAX_NOISE, ratioOf, verdictOf } from './figures.ts'
import { CONNECTIONS } from './load.ts'
import { DISTANCE_MS, FEW_ROWS } from './stand.ts'

export interface Parameters {
  rows: number
  rounds: number
  seconds: number
}

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
- ${rows.toLocaleString('en')} rows, ${rounds} rounds, ${CONNECTIONS} connections, ${seconds} s a leg

${table}

"Measured" and "against" are medians of the rounds. A target is for the ratio: the median of the rounds' ratios, whose
least and greatest are the spread.

- **Throughput** is told against the floor, the least Worker that makes one prepared statement by key and one JSON
  answer; that of the list against the floor's GET. Both run under Miniflare alone, in turns a–b–b–a. The noise is how
  far the floor is from a twin of itself in a round, by the median; a throughput target counts as met within it, up to ${MAX_NOISE}.
- **Growth** is how many times longer a request takes on all the rows than on ${FEW_ROWS.toLocaleString('en')}. Each project has ten settings and
  a token. A connection stays on its own row, but for the figures of any row.
- **Distance** adds ${DISTANCE_MS} ms to each trip to the database, and has one connection: it tells how long a request takes,
  not how long it waits for others. It is told in trips: in requests that wait the same ${DISTANCE_MS} ms and do nothing else. The
  runtime's timer and HTTP make them longer than that, by what the table shows.
- **Start-up** is what \`wrangler check startup\` calls active, of several runs.
- The Workers have no rate limit: Miniflare's stand-in writes a row for each request, which Cloudflare's does not.
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
