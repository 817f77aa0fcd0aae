import { env } from 'cloudflare:workers'

/** The rows of a statement, as D1 has them. */
export async function rows<T = Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]> {
  const { results } = await env.DB.prepare(sql)
    .bind(...values)
    .all<T>()
  return results
}

/** Every column of every row, of all tables or of some, as text. */
export async function dump(...tables: string[]): Promise<string> {
  const all = await rows<{ name: string }>(
    "select name from sqlite_master where type = 'table' and name not like '_cf%'",
  )
  const names = tables.length > 0 ? tables : all.map(({ name }) => name)
  const contents = await Promise.all(names.map((name) => rows(`select * from "${name}"`)))
  return JSON.stringify(contents)
}

export interface AuditRow {
  action: string
  subject: string | null
  actor_id: number | null
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

export interface Tap {
  DB: D1Database
  /** The statements of each trip to the database. */
  trips: Sent[][]
}

/** The database of the tests, its trips counted; `before` runs ahead of each and may come first, or throw. */
export function tap(before: (trip: Sent[], count: number) => Promise<void> | void = () => {}): Tap {
  const trips: Sent[][] = []
  const originals = new WeakMap<object, { statement: D1PreparedStatement; sent: Sent }>()

  async function travel<T>(sent: Sent[], go: () => Promise<T>): Promise<T> {
    trips.push(sent)
    await before(sent, trips.length)
    return go()
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
      const session = env.DB.withSession(start)
      return { ...wrapClient(session), getBookmark: () => session.getBookmark() }
    },
  } as unknown as D1Database
  return { DB, trips }
}
