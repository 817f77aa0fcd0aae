import type { Occurrence } from '../schema/payload.ts'
import { type Database, type Found, retryTransient } from '../store/database.ts'
import { countInserted, findAccepted, insertDeliveries, insertEvent } from '../store/deliveries.ts'
import { pack } from './packing.ts'
import { MAX_ATTEMPTS } from './schedule.ts'

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
      countInserted(),
      insertDeliveries(event, destinationIds, MAX_ATTEMPTS, createdAt),
      findAccepted(event),
    ] as const)
  })
  const [stored] = rows
  if (!stored) return 'no project'
  // A repeat may find what the first try stored before its acknowledgement was lost.
  const isOwn = inserted[0]?.rows === 1 || (tries > 1 && stored.createdAt === createdAt)
  return { id: stored.id, isDuplicate: !isOwn, deliveries: rows.flatMap(presentDelivery) }
}

type AcceptedRow = Found<[ReturnType<typeof findAccepted>]>[0][number]

function presentDelivery({ deliveryId, state, settingsId, slug }: AcceptedRow): Accepted['deliveries'] {
  if (deliveryId === null || state === null || settingsId === null || slug === null) return []
  return [{ id: deliveryId, destination: slug, settingsId, state }]
}
