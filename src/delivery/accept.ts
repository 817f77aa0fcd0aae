import type { Occurrence } from '../schema/payload.ts'
import type { Project } from '../schema/tables.ts'
import { type Database, type Found, retryTransient } from '../store/database.ts'
import { findAccepted, findInserted, insertDeliveries, insertEvent } from '../store/deliveries.ts'
import { eventSteps, type Job } from './attempt.ts'
import { type Destination, deliveryContext, NOTHING, paramsOf, wants } from './destination.ts'
import { pack } from './packing.ts'
import { reasonForNothing } from './preview.ts'
import { MAX_ATTEMPTS } from './schedule.ts'

export interface Candidate extends Destination {
  pausedAt: number | null
}

export interface Sorted {
  wanted: Candidate[]
  skipped: { destination: string; reason: string }[]
}

/** Sorts the active destinations of a project by whether an event goes to them. Those that do not want it are left out. */
export function sortDestinations(candidates: readonly Candidate[], occurrence: Occurrence, project: Project): Sorted {
  const sorted: Sorted = { wanted: [], skipped: [] }
  for (const candidate of candidates) {
    if (!wants(candidate, occurrence)) continue
    const reason = reasonToSkip(candidate, occurrence, project)
    if (reason === undefined) sorted.wanted.push(candidate)
    else sorted.skipped.push({ destination: candidate.service.slug, reason })
  }
  return sorted
}

function reasonToSkip(candidate: Candidate, occurrence: Occurrence, project: Project): string | undefined {
  const { service, pausedAt } = candidate
  if (service.deliversNothing) return service.deliversNothing
  if (!service.deliver[occurrence.kind]) return NOTHING
  if (pausedAt !== null) return `paused since ${new Date(pausedAt).toISOString()}`
  return reasonForNothing(outlineOf(candidate, occurrence, project))
}

/** A delivery with placeholders for secrets. */
function outlineOf(
  candidate: Destination,
  occurrence: Occurrence,
  project: Project,
): Pick<Job, 'service' | 'params' | 'steps'> {
  const { service } = candidate
  const context = deliveryContext(candidate, occurrence, { project, eventId: 0, acceptedAt: Date.now() })
  return { service, params: paramsOf(candidate), steps: eventSteps(service, occurrence, context) }
}

export interface AcceptRequest {
  projectId: number
  /** Recognises a repetition; undefined if nothing does. */
  key: string | undefined
  occurrence: Occurrence
  destinationIds: readonly number[]
}

export interface Accepted {
  id: number
  isDuplicate: boolean
  deliveries: { id: number; destination: string; settingsId: number; state: string }[]
}

/**
 * Stores an event and its deliveries in one transaction: once this returns, they are delivered or shown as failed,
 * whatever stops. An event of the same key is found instead of stored.
 */
export async function acceptEvent(
  db: Database,
  { projectId, key = `random ${crypto.randomUUID()}`, occurrence, destinationIds }: AcceptRequest,
): Promise<Accepted | 'too large' | 'no project'> {
  const body = await pack(occurrence.text)
  if (body === undefined) return 'too large'
  const createdAt = Date.now()
  const event = { projectId, key, kind: occurrence.kind, body, createdAt }
  let tries = 0
  const [, inserted, , rows] = await retryTransient(() => {
    tries += 1
    return db.batch([
      insertEvent(event),
      findInserted(event),
      insertDeliveries(event, destinationIds, MAX_ATTEMPTS, createdAt),
      findAccepted(event),
    ] as const)
  })
  const [stored] = rows
  if (!stored) return 'no project'
  // A repeat may find what the first try stored before its acknowledgement was lost.
  const isOwn = inserted[0]?.isNew === 1 || (tries > 1 && stored.createdAt === createdAt)
  return { id: stored.id, isDuplicate: !isOwn, deliveries: rows.flatMap(presentDelivery) }
}

type AcceptedRow = Found<[ReturnType<typeof findAccepted>]>[0][number]

function presentDelivery({ deliveryId, state, settingsId, slug }: AcceptedRow): Accepted['deliveries'] {
  if (deliveryId === null || state === null || settingsId === null || slug === null) return []
  return [{ id: deliveryId, destination: slug, settingsId, state }]
}
