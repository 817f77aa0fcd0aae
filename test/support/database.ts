import { env } from 'cloudflare:workers'

/** The rows of a statement, as D1 has them. */
export async function rows<T = Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]> {
  const { results } = await env.DB.prepare(sql)
    .bind(...values)
    .all<T>()
  return results
}

/** Every column of every row of a table, as text. */
export async function dump(table: string): Promise<string> {
  return JSON.stringify(await rows(`select * from "${table}"`))
}

/** Returns the tables of which some column of some row holds a text. */
export async function holding(text: string): Promise<string[]> {
  const columns = await rows<{ table: string; holds: string }>(
    `select t.name as "table", group_concat('instr("' || c.name || '", ?1)', ' or ') as holds
     from sqlite_master t join pragma_table_info(t.name) c
     where t.type = 'table' and t.name not like '\\_cf%' escape '\\' group by t.name`,
  )
  const searches = columns.map(({ table, holds }) =>
    env.DB.prepare(`select '${table}' as "table" where exists (select 1 from "${table}" where ${holds})`).bind(text),
  )
  return (await env.DB.batch<{ table: string }>(searches)).flatMap(({ results }) => results.map(({ table }) => table))
}

export interface AuditRow {
  action: string
  subject: string | null
  actor_kind: string
  actor_id: number
  actor_name: string
  address: string | null
  request_id: string
  changes: string
}

export function auditOf(projectId: number): Promise<AuditRow[]> {
  return rows('select * from audit where project_id = ? order by id', projectId)
}

/** A statement as the product sends it. */
export interface Sent {
  sql: string
  values: unknown[]
}

type Send = (statements: readonly Sent[]) => Promise<unknown[]>

export interface Trip {
  statements: readonly Sent[]
  /** Sends statements as the product does: a lone one for its rows alone, several as a batch. */
  send: Send
  /** Sends statements as a batch: D1 bills nothing else. */
  batch: (statements: readonly Sent[]) => Promise<D1Result[]>
}

/** The database of the tests. Each trip goes through `travel`, which decides what is sent and what comes back. */
export function proxyDatabase(
  travel: (trip: Trip) => Promise<unknown>,
  onStart: (start: string | undefined) => void = () => {},
): D1Database {
  const withSession = (start?: string) => {
    onStart(start)
    const session = env.DB.withSession(start)
    const prepare = ({ sql, values }: Sent) => session.prepare(sql).bind(...values)
    const batch: Trip['batch'] = (statements) => session.batch(statements.map(prepare))
    const sendOne: Send = async ([only]) => (only ? prepare(only).raw() : [])
    const bound = (sent: Sent) => ({ ...sent, raw: () => travel({ statements: [sent], send: sendOne, batch }) })
    return {
      prepare: (sql: string) => ({ bind: (...values: unknown[]) => bound({ sql, values }) }),
      batch: (statements: Sent[]) => travel({ statements, send: batch, batch }),
      getBookmark: () => session.getBookmark(),
    }
  }
  return { withSession } as unknown as D1Database
}

export interface DatabaseSpy {
  DB: D1Database
  /** The statements of each trip to the database. */
  trips: (readonly Sent[])[]
  /** Start of each session: a bookmark, or one of D1's constraints. */
  starts: (string | undefined)[]
}

/**
 * Returns the database of the tests, and records its trips. `before` runs ahead of each trip, and the function that it
 * returns after it: both may write, or throw.
 */
export function spyOnDatabase(before: (trip: readonly Sent[], count: number) => unknown = () => {}): DatabaseSpy {
  const trips: (readonly Sent[])[] = []
  const starts: (string | undefined)[] = []
  const DB = proxyDatabase(
    async ({ statements, send }) => {
      trips.push(statements)
      const after = await before(statements, trips.length)
      const result = await send(statements)
      if (typeof after === 'function') await after()
      return result
    },
    (start) => starts.push(start),
  )
  return { DB, trips, starts }
}

interface Bill {
  read: number
  written: number
}

/** Returns the database of the tests, with the rows that D1 bills for each trip. */
export function countBilledRows() {
  const bills: Bill[] = []
  const DB = proxyDatabase(async ({ statements, send, batch }) => {
    const isLone = send !== batch
    // A lone statement comes back without its bill, so it is sent twice: it must only read.
    if (isLone && !statements.every(({ sql }) => /^select /.test(sql))) throw new Error('a lone statement that writes')
    const results = await batch(statements)
    const sum = (name: 'rows_read' | 'rows_written') => results.reduce((total, { meta }) => total + meta[name], 0)
    bills.push({ read: sum('rows_read'), written: sum('rows_written') })
    return isLone ? send(statements) : results
  })
  const total = (name: keyof Bill) => bills.reduce((sum, bill) => sum + bill[name], 0)
  return { DB, bills, total }
}

/** Returns a database on which `interfere` runs ahead of the first trip that writes, or of each. */
export function withCompetingWriter(interfere: () => Promise<unknown>, onEach = false): DatabaseSpy {
  let isDone = false
  return spyOnDatabase(async (trip) => {
    if (!trip.some(({ sql }) => /^(insert|update|delete)/i.test(sql)) || isDone) return
    isDone = !onEach
    await interfere()
  })
}
