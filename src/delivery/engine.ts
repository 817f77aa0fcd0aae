import type { KeyRing } from '../crypto/keyring.ts'
import type { Registry } from '../services/registry.ts'
import { type Database, openDatabase } from '../store/database.ts'
import { type Network, TIMEOUT_MS } from './transport.ts'

/** Says that destinations may have something to deliver. It may be lost or doubled: the database decides. */
export interface Notification {
  destinations: readonly number[]
}

/** Dependencies of the work on deliveries. */
export interface Engine {
  db: Database
  keyRing: KeyRing
  network: Network
  services: Registry
  /** A worker that has not completed a delivery after this long counts as dead. */
  leaseMs: number
  /** Milliseconds for which a due delivery is left to its notification before the sweep sends another. */
  graceMs: number
  notify(destinationIds: readonly number[], delayMs?: number): Promise<void>
  logError(error: unknown): void
}

/** The bindings of a deployment that deliveries use. */
export interface EngineBindings {
  DB: D1Database
  /** Without it, due deliveries wait for the next minute. */
  DELIVERIES?: Queue<Notification>
  EMAIL?: SendEmail
  /** The address that mails come from; without it none are sent. */
  MAIL_FROM?: string
}

interface Circumstances extends Pick<Engine, 'keyRing' | 'services' | 'logError'> {
  allowLocalNetwork: boolean
}

const LEASE_MS = 60_000
const GRACE_MS = 30_000
const MAX_DELAY_SECONDS = 24 * 60 * 60
/** One message for few destinations, so that a burst is worked on by several consumers. */
const DESTINATIONS_PER_MESSAGE = 10

export function openEngine(env: EngineBindings, { allowLocalNetwork, ...circumstances }: Circumstances): Engine {
  return {
    ...circumstances,
    db: openDatabase(env.DB, 'first-primary'),
    network: openNetwork(env, allowLocalNetwork),
    leaseMs: LEASE_MS,
    graceMs: GRACE_MS,
    notify: (destinationIds, delayMs) => notify(env.DELIVERIES, destinationIds, delayMs),
  }
}

export function openNetwork({ EMAIL, MAIL_FROM }: EngineBindings, allowLocalNetwork: boolean): Network {
  const mail = EMAIL && MAIL_FROM ? { binding: EMAIL, sender: MAIL_FROM } : undefined
  return { allowLocalNetwork, timeoutMs: TIMEOUT_MS, mail }
}

export async function notify(
  queue: EngineBindings['DELIVERIES'],
  destinationIds: readonly number[],
  delayMs = 0,
): Promise<void> {
  const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.ceil(Math.max(0, delayMs) / 1000))
  for (let at = 0; at < destinationIds.length; at += DESTINATIONS_PER_MESSAGE)
    await queue?.send({ destinations: destinationIds.slice(at, at + DESTINATIONS_PER_MESSAGE) }, { delaySeconds })
}
