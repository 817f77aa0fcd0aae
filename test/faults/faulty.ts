import { env } from 'cloudflare:workers'

/** The moment at which a trip fails: before it is made, at its n-th statement, or after it was done and before it was acknowledged. */
export type Moment = 'before' | 'after' | number

export interface Fault {
  moment: Moment
  /** The exception; by default D1's own words, which takes a moment in the trip. */
  error?: string
  /** Work of others before the caller hears of it. */
  meanwhile?: () => Promise<unknown>
}

interface Statement {
  sql: string
  values: unknown[]
}

type Send = (statements: Statement[]) => Promise<unknown[]>

export const LOST = 'D1_ERROR: Network connection lost.'
export const BROKEN = 'D1_ERROR: internal error'

/** Fails when it runs, not when it is read: what came before it in the trip is done, and must be undone. */
const FAILING = 'insert into audit (project_id) values (0)'
const NOTED = 'update "tokens" set "last_used_at"'

export const isWrite = ({ sql }: Statement) => /^(insert|update|delete)/i.test(sql) && !sql.startsWith(NOTED)
export const isNote = ({ sql }: Statement) => sql.startsWith(NOTED)
export const isAny = () => true

/** The database of the tests, but the n-th trip of a kind fails as `faultOf(n)` says, counted from 1. */
export function faulty(faultOf: (n: number) => Fault | undefined, isHit: (statement: Statement) => boolean = isWrite) {
  let count = 0
  async function travel(statements: Statement[], send: Send) {
    if (!statements.some(isHit)) return send(statements)
    count += 1
    const fault = faultOf(count)
    return fault ? fail(fault, statements, send) : send(statements)
  }
  const withSession = (start: string) => {
    const session = env.DB.withSession(start)
    const bind = ({ sql, values }: Statement) => session.prepare(sql).bind(...values)
    const sendOne: Send = async ([only]) => (only ? bind(only).raw() : [])
    const sendMany: Send = (statements) => session.batch(statements.map(bind))
    const prepared = (statement: Statement) => ({ ...statement, raw: () => travel([statement], sendOne) })
    return {
      prepare: (sql: string) => ({ bind: (...values: unknown[]) => prepared({ sql, values }) }),
      batch: (statements: Statement[]) => travel(statements, sendMany),
      getBookmark: () => session.getBookmark(),
    }
  }
  return { DB: { withSession } as unknown as D1Database, count: () => count }
}

async function fail({ moment, error, meanwhile }: Fault, statements: Statement[], send: Send) {
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
