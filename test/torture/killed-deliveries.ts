import { randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { filesWith } from '../clients/files.ts'
import { ask, type Patchbay } from '../clients/patchbay.ts'
import { openCopy, problemsOf } from './inspect.ts'
import { markOf, type Receiver, startReceiver } from './receiver.ts'
import { printFigures, stopAt } from './report.ts'
import { prepare, type Server, startServer } from './server.ts'

const EVENTS = 200
const PROJECTS = [2001, 2002, 2003, 2004]
const POSTERS = 3
/** The moment of the kill after the server has first answered, in milliseconds. */
const EARLIEST = 30
const LATEST = 3000
/** Once nothing has arrived for so long, what has not arrived is lost. A third attempt that is refused waits 144 s. */
const QUIET_MS = 150_000
const CRON_MS = 500
const SECRET = 'Sentinel-d52e88'

/** Settings of five services, each of which sends to the receiver, below a path that names project and service. */
function servicesOf(receiver: Receiver, project: number): Record<string, object> {
  const at = (slug: string) => `${receiver.url}/${project}-${slug}`
  return {
    slack: { webhook: `${at('slack')}/${SECRET}`, branches_to_be_notified: 'all' },
    mattermost: { webhook: `${at('mattermost')}/${SECRET}`, branches_to_be_notified: 'all' },
    matrix: { hostname: at('matrix'), token: SECRET, room: '!room:example.com', branches_to_be_notified: 'all' },
    jenkins: { jenkins_url: at('jenkins'), project_name: 'rocket', username: 'ada', password: SECRET },
    'drone-ci': { drone_url: at('drone-ci'), token: SECRET },
  }
}

interface Run {
  directory: string
  receiver: Receiver
  /** Numbers of the events that are to be posted, and not acknowledged yet. */
  waiting: number[]
  /** The id of each acknowledged event. */
  ids: Map<number, number>
  posts: number
  /** Deliveries that a kill found under way. */
  interrupted: number
  violations: string[]
}

/** Kills the server so many times while events are accepted and delivered, and reports what came of them. */
export async function killDeliveries(rounds: number): Promise<void> {
  const began = performance.now()
  const receiver = await startReceiver()
  const directory = await prepare((patchbay) => setUp(patchbay, receiver))
  shortenWaits(directory)
  const run: Run = { directory, receiver, waiting: [], ids: new Map(), posts: 0, interrupted: 0, violations: [] }
  for (let round = 1; round <= rounds; round++) await runRound(run, round, rounds)
  await deliverTheRest(run)
  report(run, rounds, began)
}

async function setUp(patchbay: Patchbay, receiver: Receiver): Promise<void> {
  for (const id of PROJECTS) {
    await ask(patchbay, 'POST', '/projects', { id, path: `torture-${id}` })
    for (const [slug, settings] of Object.entries(servicesOf(receiver, id)))
      await ask(patchbay, 'PUT', `/projects/${id}/services/${slug}`, settings)
  }
}

/** A delivery that a killed worker had begun is left to it for a minute: too long for so many kills. */
function shortenWaits(directory: string): void {
  const file = join(directory, 'src/delivery/engine.ts')
  const text = readFileSync(file, 'utf8')
  const shortened = text
    .replace(/LEASE_MS = \d+_000/, 'LEASE_MS = 2000')
    .replace(/GRACE_MS = \d+_000/, 'GRACE_MS = 200')
  if (!/LEASE_MS = 2000\b/.test(shortened) || !/GRACE_MS = 200\b/.test(shortened))
    throw new Error(`${file} has no LEASE_MS and GRACE_MS`)
  writeFileSync(file, shortened)
}

const UNDER_WAY = 'select count(*) as count from deliveries where due_at is not null and leased_until > 0'

/** One life of the server: it takes events, delivers them and those of earlier lives, and is killed. */
async function runRound(run: Run, round: number, rounds: number): Promise<void> {
  const { directory, waiting, violations, receiver } = run
  const [from, to] = [round - 1, round].map((part) => Math.round((EVENTS * part) / rounds)) as [number, number]
  waiting.push(...Array.from({ length: to - from }, (_, at) => from + at))
  const server = await startServer(directory)
  await fireCron(server)
  const life = { isOver: false }
  const work = [postAll(run, server, life), tick(server, life)]
  await sleep(randomInt(EARLIEST, LATEST))
  life.isOver = true
  await Promise.all([server.kill(), ...work])
  openCopy(directory, (db) => {
    violations.push(...problemsOf(db))
    run.interrupted += Number(db.prepare(UNDER_WAY).get()?.count)
  })
  violations.push(...filesWith(join(directory, 'state'), [SECRET]).map((file) => `${file} holds a secret`))
  if (server.output().includes(SECRET)) violations.push('the log holds a secret')
  if (round % 10 === 0) console.log(`round ${round}: ${run.ids.size} events, ${receiver.receipts.length} requests`)
  stopAt(violations)
}

interface Life {
  isOver: boolean
}

/** Posts events until each is acknowledged; those of the last life as well, as a sender who lost the responses does. */
async function postAll(run: Run, server: Server, life: Life): Promise<void> {
  const repeated = [...run.ids.keys()].slice(-POSTERS)
  const queue = [...repeated, ...run.waiting]
  const post = async () => {
    for (let event = queue.shift(); event !== undefined && !life.isOver; event = queue.shift()) {
      await postOne(run, server, event)
      await sleep(Math.random() * 30)
    }
  }
  await Promise.all(Array.from({ length: POSTERS }, post))
}

async function postOne(run: Run, server: Server, event: number): Promise<void> {
  run.posts += 1
  const response = await fetch(`${server.url}/api/v4/projects/${projectOf(event)}/events`, {
    method: 'POST',
    headers: { 'PRIVATE-TOKEN': server.token, 'Content-Type': 'application/json', 'Idempotency-Key': markOf(event) },
    body: JSON.stringify(pushOf(event)),
  }).catch(() => undefined)
  const text = await response?.text().catch(() => undefined)
  if (response === undefined || text === undefined || response.status >= 500) return
  if (response.status !== 202) return void run.violations.push(`event ${event}: ${response.status} ${text}`)
  const { id, duplicate, deliveries } = JSON.parse(text)
  const known = run.ids.get(event)
  if (known !== undefined && !(known === id && duplicate)) run.violations.push(`event ${event} was accepted twice`)
  if (deliveries.length !== 5) run.violations.push(`event ${event} has ${deliveries.length} deliveries`)
  run.ids.set(event, id)
  run.waiting = run.waiting.filter((other) => other !== event)
}

function pushOf(event: number) {
  const url = 'https://git.example.com/acme/rocket'
  const project = { id: 1, name: 'Rocket', namespace: 'Acme', path_with_namespace: 'acme/rocket', web_url: url }
  const commit = { id: 'c'.repeat(40), message: 'Add igniter', title: 'Add igniter', url: `${url}/-/commit/c` }
  return {
    object_kind: 'push',
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    user_name: markOf(event),
    total_commits_count: 1,
    project: { ...project, default_branch: 'main' },
    commits: [{ ...commit, author: { name: 'Ada', email: 'ada@example.com' } }],
  }
}

async function tick(server: Server, life: Life): Promise<void> {
  while (!life.isOver) {
    await fireCron(server)
    await sleep(CRON_MS)
  }
}

/** `wrangler dev` never does it by itself. */
async function fireCron({ url }: Server): Promise<void> {
  await fetch(`${url}/cdn-cgi/handler/scheduled`).catch(() => undefined)
}

/** A last life, which nobody ends before all has arrived, or nothing comes any more. */
async function deliverTheRest(run: Run): Promise<void> {
  const { receiver, violations } = run
  const server = await startServer(run.directory)
  const life = { isOver: false }
  const ticking = tick(server, life)
  while (run.waiting.length > 0) await postAll(run, server, life)
  let [count, since] = [0, Date.now()]
  while (missing(run).length > 0 && Date.now() - since < QUIET_MS) {
    await sleep(CRON_MS)
    if (receiver.receipts.length > count) since = Date.now()
    count = receiver.receipts.length
  }
  // The receipt is there before its response is stored.
  await sleep(2 * CRON_MS)
  for (const id of PROJECTS)
    for (const state of ['pending', 'failed', 'skipped'])
      violations.push(
        ...undelivered(await ask(server, 'GET', `/projects/${id}/deliveries?per_page=100&state=${state}`)),
      )
  life.isOver = true
  await ticking
  await server.kill()
}

interface Delivery {
  destination: string
  state: string
  reason: string | null
  attempts: number
  due_at: string | null
}

function undelivered(deliveries: readonly Delivery[]): string[] {
  return deliveries.map(
    ({ destination, state, reason, attempts, due_at }) =>
      `a delivery to ${destination} is ${state}: ${reason}; ${attempts} attempts, due at ${due_at}`,
  )
}

/** For each destination the numbers of the events that are to arrive there, in the order of their acceptance. */
function expectedAt({ receiver, ids }: Run): Map<string, number[]> {
  const events = [...ids].sort(([, one], [, other]) => one - other).map(([event]) => event)
  const at = (project: number) => events.filter((event) => projectOf(event) === project)
  const slugs = (project: number) => Object.keys(servicesOf(receiver, project))
  return new Map(PROJECTS.flatMap((project) => slugs(project).map((slug) => [`${project}-${slug}`, at(project)])))
}

function projectOf(event: number): number {
  return PROJECTS[event % PROJECTS.length] ?? 0
}

/** The events that have arrived at a destination, as often as they have, in their order. */
function arrivedAt({ receiver }: Run, at: string): number[] {
  return receiver.receipts.flatMap(({ destination, event }) => (destination === at ? event : []))
}

function missing(run: Run): string[] {
  return [...expectedAt(run)].flatMap(([destination, events]) => {
    const arrived = new Set(arrivedAt(run, destination))
    return events.filter((event) => !arrived.has(event)).map((event) => `event ${event} is lost for ${destination}`)
  })
}

/** Deliveries that arrived for the first time after one that was accepted later. */
function outOfOrder(run: Run): string[] {
  return [...expectedAt(run)].flatMap(([destination, events]) => {
    const places = [...new Set(arrivedAt(run, destination))].map((event) => events.indexOf(event))
    return places
      .filter((place, at) => places.slice(0, at).some((earlier) => earlier > place))
      .map((place) => `event ${events[place]} is late at ${destination}`)
  })
}

function report(run: Run, rounds: number, began: number): void {
  const { receiver, violations, ids, posts, interrupted } = run
  const expected = [...expectedAt(run).values()].flat().length
  const [lost, late] = [missing(run), outOfOrder(run)]
  printFigures({
    rounds,
    'events posted': posts,
    'events accepted': ids.size,
    deliveries: expected,
    'deliveries under way at a kill': interrupted,
    'deliveries refused at first': receiver.refused(),
    'deliveries lost': lost.length,
    'deliveries out of order': late.length,
    'deliveries sent again': receiver.receipts.length - (expected - lost.length),
    seconds: Math.round((performance.now() - began) / 1000),
  })
  stopAt([...violations, ...lost, ...late, ...(interrupted > 0 ? [] : ['no kill found a delivery under way'])])
  console.log(
    'No accepted event was lost, none was accepted twice, none came out of order; no secret is in a file or log.',
  )
}
