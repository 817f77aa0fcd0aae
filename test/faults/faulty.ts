import { proxyDatabase, type Sent, type Trip } from '../support/database.ts'

/** The moment at which a trip fails: before it is made, at its n-th statement, or after it was done and before it was acknowledged. */
export type Moment = 'before' | 'after' | number

export interface Fault {
  moment: Moment
  /** The exception; by default D1's own words, which takes a moment in the trip. */
  error?: string
  /** Work of others before the caller hears of it. */
  meanwhile?: () => Promise<unknown>
}

export const LOST = 'D1_ERROR: Network connection lost.'
export const BROKEN = 'D1_ERROR: internal error'

/** Fails when it runs, not when it is read: what came before it in the trip is done, and must be undone. */
const FAILING = 'insert into audit (project_id) values (0)'
const NOTED = 'update "tokens" set "last_used_at"'

export const isWrite = ({ sql }: Sent) => /^(insert|update|delete)/i.test(sql) && !sql.startsWith(NOTED)
export const isNote = ({ sql }: Sent) => sql.startsWith(NOTED)
export const isAny = () => true

/** The database of the tests, but the n-th trip of a kind fails as `faultOf(n)` says, counted from 1. */
export function faulty(faultOf: (n: number) => Fault | undefined, isHit: (statement: Sent) => boolean = isWrite) {
  let count = 0
  const DB = proxyDatabase(async (trip) => {
    if (!trip.statements.some(isHit)) return trip.send(trip.statements)
    count += 1
    const fault = faultOf(count)
    return fault ? fail(fault, trip) : trip.send(trip.statements)
  })
  return { DB, count: () => count }
}

async function fail({ moment, error, meanwhile }: Fault, { statements, send }: Trip): Promise<never> {
  // Whatever became of it, nobody hears.
  if (moment === 'after') await send(statements).catch(() => {})
  if (typeof moment === 'number') {
    const failure = await send(statements.with(moment, { sql: FAILING, values: [] })).then(
      () => new Error('the trip was to fail'),
      (thrown: Error) => thrown,
    )
    if (error === undefined || !/NOT NULL/.test(failure.message)) throw failure
  }
  await meanwhile?.()
  throw new Error(error)
}
