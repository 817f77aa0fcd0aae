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

interface Sent {
  sql: string
  values: unknown[]
}

export interface DatabaseSpy {
  DB: D1Database
  /** The statements of each trip to the database. */
  trips: Sent[][]
  /** Start of each session: a bookmark, or one of D1's constraints. */
  starts: (string | undefined)[]
}

/**
 * Returns the database of the tests, and records its trips. `before` runs ahead of each trip, and the function that it
 * returns after it: both may write, or throw.
 */
export function spyOnDatabase(before: (trip: Sent[], count: number) => unknown = () => {}): DatabaseSpy {
  const trips: Sent[][] = []
  const starts: (string | undefined)[] = []
  const originals = new WeakMap<object, { statement: D1PreparedStatement; sent: Sent }>()

  async function travel<T>(sent: Sent[], go: () => Promise<T>): Promise<T> {
    trips.push(sent)
    const after = await before(sent, trips.length)
    const result = await go()
    if (typeof after === 'function') await after()
    return result
  }

  function wrap(statement: D1PreparedStatement, sent: Sent): D1PreparedStatement {
    const run = (name: 'run' | 'all' | 'raw' | 'first') => (options: never) =>
      travel([sent], () => (statement[name] as (options: never) => Promise<unknown>).call(statement, options))
    const wrapped = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values), { ...sent, values }),
      run: run('run'),
      all: run('all'),
      raw: run('raw'),
      first: run('first'),
    } as unknown as D1PreparedStatement
    originals.set(wrapped, { statement, sent })
    return wrapped
  }

  function wrapClient<T extends D1Database | D1DatabaseSession>(client: T) {
    return {
      prepare: (sql: string) => wrap(client.prepare(sql), { sql, values: [] }),
      batch: (statements: D1PreparedStatement[]) => {
        const known = statements.flatMap((statement) => originals.get(statement) ?? [])
        return travel(
          known.map(({ sent }) => sent),
          () => client.batch(known.map(({ statement }) => statement)),
        )
      },
    }
  }

  const DB = {
    ...wrapClient(env.DB),
    withSession: (start?: string) => {
      starts.push(start)
      const session = env.DB.withSession(start)
      return { ...wrapClient(session), getBookmark: () => session.getBookmark() }
    },
  } as unknown as D1Database
  return { DB, trips, starts }
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
