import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig as readConfig } from 'wrangler'
import { showStep } from '../src/cli/terminal.ts'
import { ROOT } from '../src/cli/wrangler.ts'
import type { Round } from './comparisons.ts'
import { type LoadRequest, load } from './load.ts'
import { call, createTables } from './seed.ts'
import { median } from './statistics.ts'
import { ADMIN_TOKEN, optionsOf, type Scripts } from './workers.ts'

/** Measurements of events and their deliveries: one figure a round. */
export interface Deliveries {
  /** Events accepted for two services, against rows that the baseline inserts. */
  accepted: Round[]
  /** Deliveries of a burst of events. */
  perSecond: number[]
  /** Milliseconds from the response to an event until the receiver gets the request, by the median. */
  departures: number[]
  /** The same, of a project one of whose receivers never responds. */
  isolated: number[]
}

/** The rows of the baseline belong to it. */
const PROJECT = `
  insert into projects (id, name, path, full_path, default_branch, emails_enabled, protected_branches, version, created_at, updated_at)
  values (1, 'project-1', 'project-1', 'project-1', 'main', 1, '[]', 1, 0, 0)`

const NAMES = ['baseline', 'accepting', 'delivering'] as const
type Name = (typeof NAMES)[number]

/** Projects for bursts, and for the receiver that hangs. */
const BUSY = [1, 2, 3, 4]
const HANGING = 9
const BURST = 200
const SINGLE = 40
const PAUSE_MS = 25
const WARM_UP_SECONDS = 3

/** The Workers run in one process, `accepting` without a queue: nothing that it accepts is delivered meanwhile. */
export async function measureDeliveries(scripts: Scripts, directory: string, rounds: number, seconds: number) {
  const receiver = await startReceiver()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: workersOf(scripts),
      resourcePersistencePath: directory,
      handleStructuredLogs: ({ level, message }) => level === 'error' && console.error(message),
    }),
  )
  await miniflare.ready
  const urls = new Map<Name, URL>()
  for (const name of NAMES) {
    const database = await miniflare.getD1Database('DB', name)
    await createTables(database)
    if (name === 'baseline') await database.prepare(PROJECT).run()
    urls.set(name, await miniflare.unsafeGetDirectURL(name))
  }
  const bench = { receiver, urlOf: (name: Name) => urls.get(name) as URL }
  await setUp(bench)
  const measured = await runRounds(bench, rounds, seconds)
  await miniflare.dispose()
  receiver.stop()
  return measured
}

function workersOf({ baseline, patchbay }: Scripts) {
  const queue = 'deliveries'
  const { max_batch_size, max_batch_timeout } =
    readConfig({ config: join(ROOT, 'wrangler.toml') }).queues.consumers?.[0] ?? {}
  const isLocal = { ALLOW_LOCAL_NETWORK: 'true' }
  return [
    optionsOf('baseline', baseline),
    optionsOf('accepting', patchbay, isLocal),
    {
      ...optionsOf('delivering', patchbay, isLocal),
      queueProducers: { DELIVERIES: queue },
      queueConsumers: { [queue]: { maxBatchSize: max_batch_size ?? 10, maxBatchTimeout: max_batch_timeout ?? 0 } },
    },
  ]
}

interface Bench {
  receiver: Receiver
  urlOf(name: Name): URL
}

async function setUp({ receiver, urlOf }: Bench): Promise<void> {
  for (const name of ['accepting', 'delivering'] as const)
    for (const id of [...BUSY, HANGING]) {
      const put = (slug: string, fields: object) =>
        call(new URL(`/api/v4/projects/${id}/services/${slug}`, urlOf(name)), 'PUT', fields)
      await call(new URL('/api/v4/projects', urlOf(name)), 'POST', { id, path: `project-${id}` })
      await put('slack', { webhook: `${receiver.url}/slack`, branches_to_be_notified: 'all' })
      await put('drone-ci', { drone_url: `${receiver.url}/drone`, token: 'example' })
      if (id === HANGING) await put('jenkins', { jenkins_url: `${receiver.url}/hangs`, project_name: 'rocket' })
    }
}

async function runRounds(bench: Bench, rounds: number, seconds: number): Promise<Deliveries> {
  const measured: Deliveries = { accepted: [], perSecond: [], departures: [], isolated: [] }
  await measureAccepting(bench, WARM_UP_SECONDS)
  await measureBurst(bench)
  for (let round = 1; round <= rounds; round++) {
    showStep(`deliveries: round ${round} of ${rounds}`)
    measured.accepted.push(await measureAccepting(bench, seconds))
    measured.perSecond.push(await measureBurst(bench))
    measured.departures.push(await measureDepartures(bench, BUSY[0] ?? 1))
    measured.isolated.push(await measureDepartures(bench, HANGING))
  }
  return measured
}

/** Reference, measured, measured, reference, as all comparisons. */
async function measureAccepting({ urlOf }: Bench, seconds: number): Promise<Round> {
  const isOver = (_: number, milliseconds: number) => milliseconds >= seconds * 1000
  const insert = () => load(urlOf('baseline'), nextRow, isOver)
  const accept = () => load(urlOf('accepting'), (connection) => eventFor(BUSY[connection % BUSY.length] ?? 1), isOver)
  const [a, b, c, d] = [await insert(), await accept(), await accept(), await insert()]
  const mean = (one: typeof a, other: typeof a) => ({
    perSecond: (one.perSecond + other.perSecond) / 2,
    latency: median([...one.latencies, ...other.latencies]),
    cpu: undefined,
  })
  return { reference: mean(a, d), measured: mean(b, c) }
}

/** Posts events as fast as they are accepted. @returns deliveries a second, from the first post to the last receipt */
async function measureBurst({ receiver, urlOf }: Bench): Promise<number> {
  const { receipts } = receiver
  receipts.clear()
  const start = performance.now()
  await load(
    urlOf('delivering'),
    (connection) => eventFor(BUSY[connection % BUSY.length] ?? 1),
    (sent) => sent >= BURST,
  )
  while (isArriving(receipts)) await sleep(20)
  const times = [...receipts.values()].flat()
  return (times.length / (Math.max(...times) - start)) * 1000
}

/** Each event is for two services. */
function isArriving(receipts: Receipts): boolean {
  return receipts.size < BURST || [...receipts.values()].some((times) => times.length < 2)
}

/** Posts events one after the other, and compares the times of its response and of its arrival. */
async function measureDepartures({ receiver, urlOf }: Bench, project: number): Promise<number> {
  const { receipts } = receiver
  receipts.clear()
  const waits: number[] = []
  for (let count = 0; count < SINGLE; count++) {
    const { path, headers = {}, body = '' } = eventFor(project)
    const mark = /e\d+e/.exec(body)?.[0] ?? ''
    const { status } = await fetch(new URL(path, urlOf('delivering')), { method: 'POST', headers, body })
    const responded = performance.now()
    if (status !== 202) throw new Error(`${path} returned ${status}`)
    while (!receipts.has(mark)) await sleep(1)
    waits.push(Math.max(0, Math.min(...(receipts.get(mark) ?? [])) - responded))
    await sleep(PAUSE_MS)
  }
  return median(waits)
}

let rows = 1_000_000_000
let events = 0

/** A row that is not there yet: the baseline inserts it. */
function nextRow(): LoadRequest {
  rows += 1
  return {
    method: 'PUT',
    path: `/${rows}`,
    headers: { 'Content-Type': 'application/json' },
    body: '{"channel":"#rocket"}',
  }
}

function eventFor(project: number): LoadRequest {
  events += 1
  const headers = { 'PRIVATE-TOKEN': ADMIN_TOKEN, 'Content-Type': 'application/json' }
  return { method: 'POST', path: `/api/v4/projects/${project}/events`, headers, body: pushOf(`e${events}e`) }
}

function pushOf(mark: string): string {
  const url = 'https://git.example.com/acme/rocket'
  const commit = { id: 'c'.repeat(40), message: 'Add igniter', title: 'Add igniter', url: `${url}/-/commit/c` }
  return JSON.stringify({
    object_kind: 'push',
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    user_name: mark,
    total_commits_count: 1,
    project: { id: 1, name: 'Rocket', namespace: 'Acme', path_with_namespace: 'acme/rocket', web_url: url },
    commits: [{ ...commit, author: { name: 'Ada', email: 'ada@example.com' } }],
  })
}

/** The times at which each event arrived, by its mark. */
type Receipts = Map<string, number[]>

interface Receiver {
  url: string
  receipts: Receipts
  stop(): void
}

/** Answers at once, but below `/hangs` never. */
async function startReceiver(): Promise<Receiver> {
  const receipts: Receipts = new Map()
  const respond = (response: ServerResponse) => response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok')
  const server = createServer(async (request, response) => {
    const at = performance.now()
    const body = await text(request)
    if (request.url?.startsWith('/hangs')) return
    const mark = /e\d+e/.exec(body)?.[0] ?? ''
    receipts.set(mark, [...(receipts.get(mark) ?? []), at])
    respond(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, receipts, stop }
}
