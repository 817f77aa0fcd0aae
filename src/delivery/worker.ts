import { MissingKeyError } from '../crypto/seal.ts'
import { headerOf, toOccurrence } from '../schema/payload.ts'
import { entryOf } from '../settings/actor.ts'
import { openSecrets } from '../settings/vault.ts'
import { insertEntry } from '../store/audit.ts'
import { retryTransient, type Statement } from '../store/database.ts'
import {
  completeAttempt,
  currentHealth,
  failWaiting,
  hasHealth,
  type LeasedDelivery,
  leaseDeliveries,
  recordFailure,
  recordRecovery,
} from '../store/deliveries.ts'
import { eventSteps, type Outcome, runAttempt } from './attempt.ts'
import { type Before, type Completion, completeDelivery, postponeDelivery } from './complete.ts'
import { deliveryContext, NOTHING, paramsOf, wants } from './destination.ts'
import type { Engine } from './engine.ts'
import { unpack } from './packing.ts'

/** The platform lets six connections be open at a time; a seventh waits while its timeout runs. */
const CONCURRENCY = 6
/** A destination with more to deliver is left to its next notification, so that others get their turn. */
const TURN_MS = 20_000
const TURN_DELIVERIES = 100

/**
 * Delivers whatever is due at the destinations, one delivery a destination at a time and in order. One trip leases the
 * first of each; each delivery then costs one that completes it and leases the next.
 */
export async function deliverDue(engine: Engine, destinationIds: readonly number[]): Promise<void> {
  const startedAt = Date.now()
  const waiting = await lease(engine, [...new Set(destinationIds)])
  const deliverNext = async () => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      // Half of the lease has passed while others were delivered: too little may be left to outlast a slow receiver.
      if (Date.now() - startedAt > engine.leaseMs / 2) await engine.notify([job.settings.id], engine.leaseMs)
      else await deliverInTurn(engine, job)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, deliverNext))
}

async function lease({ db, leaseMs }: Engine, destinationIds: readonly number[]): Promise<LeasedDelivery[]> {
  const statements = leaseDeliveries(destinationIds, newLease(leaseMs))
  const [, jobs] = await retryTransient(() => db.batch(statements))
  return jobs
}

function newLease(leaseMs: number) {
  const now = Date.now()
  return { lease: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER), now, until: now + leaseMs }
}

async function deliverInTurn(engine: Engine, first: LeasedDelivery): Promise<void> {
  const startedAt = Date.now()
  let job: LeasedDelivery | undefined = first
  for (let count = 1; job; count++) {
    const isLast = count >= TURN_DELIVERIES || Date.now() - startedAt > TURN_MS
    job = await deliver(engine, job, !isLast)
  }
}

/** Delivers, stores the result and returns the next delivery of the destination. */
async function deliver(engine: Engine, job: LeasedDelivery, leaseNext: boolean): Promise<LeasedDelivery | undefined> {
  const before = beforeOf(job)
  const completion = await attempt(engine, job, before)
  const { result, health, resumeAt } = completion
  const destinationId = job.settings.id
  const now = Date.now()
  const next = leaseNext ? leaseDeliveries([destinationId], newLease(engine.leaseMs)) : []
  const statements = [completeAttempt(result), ...healthStatements(job, completion, now), ...next]
  const rows = await retryTransient(() => engine.db.batch(statements))
  logDelivery(job, completion)
  if (resumeAt !== undefined) await engine.notify([destinationId], resumeAt - now)
  else if (!leaseNext) await engine.notify([destinationId])
  if (health !== null && health !== 'recovered' && health.pausedAt !== null) return undefined
  return leaseNext ? (rows.at(-1) as LeasedDelivery[])[0] : undefined
}

function beforeOf(job: LeasedDelivery): Before {
  return { delivery: job.delivery, settings: job.settings, health: currentHealth(job) }
}

async function attempt(engine: Engine, job: LeasedDelivery, before: Before): Promise<Completion> {
  const { attempts, maxAttempts } = job.delivery
  if (attempts > maxAttempts) return completeDelivery(before, ended('fix', UNCOMPLETED), Date.now(), 0)
  try {
    const outcome = await run(engine, job)
    if (outcome.error !== undefined) engine.logError(outcome.error)
    return completeDelivery(before, outcome, Date.now(), Math.random())
  } catch (error) {
    engine.logError(error)
    if (error instanceof MissingKeyError) return postponeDelivery(before, MISSING_KEY, Date.now())
    return completeDelivery(before, ended('fix', 'the event or the settings cannot be read'), Date.now(), 0)
  }
}

/** A delivery that stops its worker each time must not hold back its destination for ever. */
const UNCOMPLETED = 'given up: none of the last attempts came to an end'
const MISSING_KEY = 'waiting for the encryption key of the settings'

/** Runs the steps on the settings as they are now. @throws MissingKeyError if the ring lacks their key */
async function run({ keyRing, network, services }: Engine, job: LeasedDelivery): Promise<Outcome> {
  const { delivery, event, project, settings } = job
  const service = services.find(settings.slug)
  const text = await unpack(event.body)
  const occurrence = toOccurrence(JSON.parse(text), text, headerOf(event.kind))
  if (!service || !occurrence) return ended('skipped', NOTHING)
  const destination = { service, settings }
  if (!wants(destination, occurrence)) return ended('skipped', 'the settings no longer subscribe to it')
  const params = paramsOf(destination, await openSecrets(keyRing, settings))
  const circumstances = { project, eventId: delivery.eventId, acceptedAt: event.createdAt }
  const context = deliveryContext(destination, occurrence, circumstances)
  // Results of other settings say nothing about these.
  const { results, lost } = delivery.checkpoint?.version === settings.version ? delivery.checkpoint : FRESH
  return runAttempt({ service, params, steps: eventSteps(service, occurrence, context), results, lost }, network)
}

const FRESH = { results: [], lost: 0 } as const

function ended(verdict: Outcome['verdict'], reason: string): Outcome {
  const failed = { at: Date.now(), ms: 0, requests: [], reason }
  return { verdict, reason, retryAfter: undefined, results: [], lost: 0, attempt: failed }
}

/** Each statement is guarded by the one before it: nothing is written if another worker has taken the delivery over. */
function healthStatements(job: LeasedDelivery, { health }: Completion, now: number): Statement[] {
  const { settings } = job
  if (health === null) return []
  if (health === 'recovered') return hasHealth(job) ? recordRecovery(settings.id, now) : []
  if (health.pausedAt === null) return [recordFailure(health)]
  const entry = pauseEntry(job, now)
  return [recordFailure(health), insertEntry(entry), failWaiting(settings.id, 'the destination was paused')]
}

function pauseEntry({ delivery, settings }: LeasedDelivery, now: number) {
  const requestId = `delivery-${delivery.id}`
  const actor = { kind: 'system', tokenId: null, name: 'Patchbay', address: null, requestId } as const
  return entryOf(actor, {
    projectId: settings.projectId,
    action: 'settings.paused',
    subject: settings.slug,
    changes: [{ field: 'delivery', from: 'failing', to: 'paused' }],
    writeId: crypto.randomUUID(),
    createdAt: now,
  })
}

/** Names no address and no value: either may hold a secret. */
function logDelivery({ delivery, settings }: LeasedDelivery, { result }: Completion): void {
  const last = result.log.at(-1)
  const line = {
    level: 'info',
    delivery: delivery.id,
    event: delivery.eventId,
    project: settings.projectId,
    destination: settings.slug,
    state: result.state,
    attempts: result.attempts,
    status: last?.requests.at(-1)?.status,
    ms: last?.ms,
  }
  console.log(JSON.stringify(line))
}
