import { env } from 'cloudflare:workers'

/** When a batch fails: before it is sent, at its n-th statement, or after it was done and before the word of it came. */
export type Moment = 'before' | 'after' | number

export interface Fault {
  moment: Moment
  /** What is thrown; D1's own words where it is left out, which takes a moment in the batch. */
  error?: string
  /** What others do before the caller hears of it. */
  meanwhile?: () => Promise<unknown>
}

interface Statement {
  sql: string
  values: unknown[]
}

export const LOST = 'D1_ERROR: Network connection lost.'
export const BROKEN = 'D1_ERROR: internal error'

/** Fails when it runs, not when it is read: what came before it in the batch is done, and must be undone. */
const FAILING = 'insert into audit (project_id) values (0)'
const NOTED = 'update "tokens" set "last_used_at"'

export const isWrite = ({ sql }: Statement) => /^(insert|update|delete)/i.test(sql) && !sql.startsWith(NOTED)
export const isNote = ({ sql }: Statement) => sql.startsWith(NOTED)
export const isAny = () => true

/** The database of the tests, but the n-th batch of a kind fails as `faultOf(n)` says, counted from 1. */
export function faulty(faultOf: (n: number) => Fault | undefined, isHit: (statement: Statement) => boolean = isWrite) {
  let count = 0
  async function batch(session: D1DatabaseSession, statements: Statement[]) {
    const send = (some: Statement[]) =>
      session.batch(some.map(({ sql, values }) => session.prepare(sql).bind(...values)))
    if (!statements.some(isHit)) return send(statements)
    count += 1
    const fault = faultOf(count)
    return fault ? fail(fault, statements, send) : send(statements)
  }
  const withSession = (start: string) => {
    const session = env.DB.withSession(start)
    return {
      prepare: (sql: string) => ({ bind: (...values: unknown[]): Statement => ({ sql, values }) }),
      batch: (statements: Statement[]) => batch(session, statements),
      getBookmark: () => session.getBookmark(),
    }
  }
  return { DB: { withSession } as unknown as D1Database, count: () => count }
}

async function fail<T>(
  { moment, error, meanwhile }: Fault,
  statements: Statement[],
  send: (some: Statement[]) => Promise<T>,
) {
  // Whatever became of it, nobody hears.
  if (moment === 'after') await send(statements).catch(() => {})
  if (typeof moment === 'number') {
    const failure = await send(statements.with(moment, { sql: FAILING, values: [] })).then(
      () => new Error('the batch was to fail'),
      (thrown: Error) => thrown,
    )
    if (error === undefined || !/NOT NULL/.test(failure.message)) throw failure
  }
  await meanwhile?.()
  throw new Error(error)
}
