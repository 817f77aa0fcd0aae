import { env } from 'cloudflare:workers'
import { afterEach, expect, vi } from 'vitest'
import { parseKeyRing } from '../../src/crypto/keyring.ts'
import { acceptEvent } from '../../src/delivery/accept.ts'
import { type Engine, openEngine } from '../../src/delivery/engine.ts'
import { deliverDue } from '../../src/delivery/worker.ts'
import { toOccurrence } from '../../src/schema/payload.ts'
import type { Attempt, Checkpoint, Delivery, DestinationHealth } from '../../src/schema/tables.ts'
import { registryFor } from '../../src/services/registry.ts'
import { openDatabase } from '../../src/store/database.ts'
import { ask, newProject } from './api.ts'
import { rows } from './database.ts'

export interface Received {
  url: string
  method: string
  headers: Headers
  body: string
}

/** Stands in for every receiver of a test file. */
export function stubReceivers() {
  const requests: Received[] = []
  const good = () => new Response('ok')
  const receivers = { requests, respond: good as (request: Received) => Response | Promise<Response> }
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const body = typeof init.body === 'string' ? init.body : ''
    const request = { url, method: init.method ?? 'GET', headers: new Headers(init.headers), body }
    requests.push(request)
    return raceWith(receivers.respond(request), init.signal)
  })
  afterEach(() => {
    requests.length = 0
    receivers.respond = good
  })
  return receivers
}

/** As `fetch`: rejects when the signal fires. */
function raceWith(response: Response | Promise<Response>, signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason))
    Promise.resolve(response).then(resolve, reject)
  })
}

const PROJECT = {
  id: 1,
  name: 'Rocket',
  namespace: 'Acme',
  path_with_namespace: 'acme/rocket',
  web_url: 'https://git.example.com/acme/rocket',
  default_branch: 'main',
}

/** A push whose author is recognised in what receivers get. */
export function pushBy(author: string, fields: object = {}) {
  return {
    object_kind: 'push',
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    user_name: author,
    total_commits_count: 1,
    project: PROJECT,
    commits: [
      {
        id: 'c'.repeat(40),
        message: 'Add igniter',
        title: 'Add igniter',
        url: 'https://git.example.com/acme/rocket/-/commit/c',
        author: { name: 'Ada', email: 'ada@example.com' },
      },
    ],
    ...fields,
  }
}

/** A project with settings of services, and the id of each. */
export async function newDestinations(services: Record<string, object>) {
  const { id } = await newProject()
  for (const [slug, json] of Object.entries(services)) {
    const { status, body } = await ask(`projects/${id}/services/${slug}`, { json })
    expect({ slug, status, body: status === 200 ? null : body }).toEqual({ slug, status: 200, body: null })
  }
  const saved = await rows<{ id: number }>('select id from settings where project_id = ? order by id', id)
  return { id, destinationIds: saved.map((row) => row.id) }
}

export const webhook = (name: string) => ({
  webhook: `https://hooks.example.com/${name}`,
  branches_to_be_notified: 'all',
})

/** Settings of services that forward a push whole, to a host of the name. */
export const jenkins = (name: string) => ({
  jenkins_url: `https://${name}.example.com`,
  project_name: 'rocket',
  username: 'ada',
  password: 'correct horse battery',
})

export const drone = (name: string) => ({ drone_url: `https://${name}.example.com`, token: 'token-of-drone' })

/** Accepts an event for destinations, as if all of them wanted it. */
export async function accept(
  { id, destinationIds }: { id: number; destinationIds: readonly number[] },
  payload: object,
  key?: string,
  db = openDatabase(env.DB, 'first-primary'),
) {
  const occurrence = toOccurrence({ ...payload }, JSON.stringify(payload))
  if (!occurrence) throw new Error('no event of a known kind')
  const accepted = await acceptEvent(db, {
    projectId: id,
    key,
    occurrence,
    destinationIds,
  })
  if (typeof accepted === 'string') throw new Error(accepted)
  return accepted
}

export type TestEngine = Engine & { notified: { destinations: readonly number[]; delayMs: number }[] }

/** An engine whose notifications are kept instead of sent. */
export async function newEngine(overrides: Partial<Engine> = {}): Promise<TestEngine> {
  const notified: TestEngine['notified'] = []
  const engine = openEngine(env, {
    keyRing: await parseKeyRing(env.ENCRYPTION_KEYS),
    services: registryFor(true),
    allowLocalNetwork: false,
    logError: (error) => console.error(error),
  })
  const notify: Engine['notify'] = async (destinations, delayMs = 0) => {
    notified.push({ destinations, delayMs })
  }
  return { ...engine, notify, ...overrides, notified }
}

/** Works until nothing more is due now. */
export async function work(destinationIds: readonly number[], overrides: Partial<Engine> = {}): Promise<TestEngine> {
  const engine = await newEngine(overrides)
  await deliverDue(engine, destinationIds)
  return engine
}

type Stored<T> = Omit<T, 'log' | 'checkpoint'> & { log: Attempt[]; checkpoint: Checkpoint | null }

/** The deliveries of some destinations, oldest first. */
export async function deliveriesOf(destinationIds: readonly number[]): Promise<Stored<Delivery>[]> {
  const found = await rows<Record<string, unknown>>(
    `select id, event_id eventId, settings_id settingsId, state, reason, due_at dueAt, attempts, max_attempts maxAttempts,
      lease, leased_until leasedUntil, log, checkpoint, created_at createdAt
     from deliveries where settings_id in (select value from json_each(?)) order by id`,
    JSON.stringify(destinationIds),
  )
  return found.map((row) => ({
    ...(row as Stored<Delivery>),
    log: JSON.parse(String(row.log)),
    checkpoint: row.checkpoint === null ? null : JSON.parse(String(row.checkpoint)),
  }))
}

export async function healthOf(destinationId: number): Promise<DestinationHealth | undefined> {
  const [health] = await rows<DestinationHealth>(
    `select settings_id settingsId, version, failures, rejections, since, resume_at resumeAt, paused_at pausedAt,
      last_success_at lastSuccessAt from destination_health where settings_id = ?`,
    destinationId,
  )
  return health
}

/** Lets time pass for what waits at some destinations. */
export async function passTime(destinationIds: readonly number[], ms: number): Promise<void> {
  const ids = JSON.stringify(destinationIds)
  const those = 'settings_id in (select value from json_each(?))'
  await rows(`update deliveries set due_at = due_at - ? where due_at is not null and ${those}`, ms, ids)
  await rows(`update destination_health set resume_at = resume_at - ?, since = since - ? where ${those}`, ms, ms, ids)
}
