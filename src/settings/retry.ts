import { sleep, waitAfter } from '../backoff.ts'

const MAX_TRIES = 50
/** Tries that do not wait for others: most conflicts are over after one of them. */
const DIRECT_TRIES = 2
const BACKOFF = { first: 10, max: 100, jitter: 1 }

/** The result of one try at a write: done, or another writer came first, with the row that it left. */
export type AttemptResult<T, Row> = { done: T } | { conflict: Row | null }

export interface Attempts<T, Row> {
  /** Name shared by the writes that conflict with each other. */
  key: string
  /** The row as the request found it. */
  row: Row | null
  attempt: (row: Row | null) => Promise<AttemptResult<T, Row>>
  /** Reads the row again. */
  reread: () => Promise<Row | null>
}

/**
 * Repeats a write on the row that the last winner left. From the third try on, the writers of this isolate take turns, and
 * each reads the row in its turn: without turns most of many writers would lose each round, with rows that are stale
 * by the time they are written. Returns undefined after MAX_TRIES conflicts.
 */
export async function retryOnConflict<T, Row>({ key, row, attempt, reread }: Attempts<T, Row>): Promise<T | undefined> {
  let current = row
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const result = await (tries <= DIRECT_TRIES ? attempt(current) : inTurn(key, async () => attempt(await reread())))
    if ('done' in result) return result.done
    current = result.conflict
    if (tries >= DIRECT_TRIES) await sleep(waitAfter(tries, BACKOFF))
  }
  return undefined
}

/** A turn ends by itself after this time: the request that holds it may have been cancelled. */
const TURN_MS = 1000
const POLL_MS = 5

interface Queue {
  waiting: number
  /** The end of the current turn; 0 if it is nobody's. */
  until: number
}

const queues = new Map<string, Queue>()

/**
 * Runs a task while no other task of the same key runs in this isolate. Waits by polling: on Workers, a request must not
 * wait for a promise that another one resolves. The interval grows with the number of waiters, so that they poll no
 * more often in total.
 */
async function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
  const queue = queues.get(key) ?? { waiting: 0, until: 0 }
  queues.set(key, queue)
  queue.waiting += 1
  try {
    while (queue.until > Date.now()) await sleep(Math.random() * POLL_MS * queue.waiting)
    const until = Date.now() + TURN_MS
    queue.until = until
    const result = await task()
    if (queue.until === until) queue.until = 0
    return result
  } finally {
    queue.waiting -= 1
    if (queue.waiting === 0) queues.delete(key)
  }
}
