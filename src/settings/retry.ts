const MAX_TRIES = 50
const MAX_WAIT_MS = 100

/** One try at a write: it is done, or another writer came first and this is what is there now. */
export type AttemptResult<T, Row> = { done: T } | { conflict: Row | null }

/**
 * Tries a write again on what the winner left, until it is done; waits a random while from the third try on. Answers
 * undefined when others keep winning.
 */
export async function retryOnConflict<T, Row>(
  row: Row | null,
  attempt: (row: Row | null) => Promise<AttemptResult<T, Row>>,
): Promise<T | undefined> {
  let current = row
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const result = await attempt(current)
    if ('done' in result) return result.done
    current = result.conflict
    if (tries >= 2) await sleep(Math.random() * Math.min(MAX_WAIT_MS, 10 * tries))
  }
  return undefined
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
