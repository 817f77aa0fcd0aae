import { env } from 'cloudflare:workers'

interface Bill {
  read: number
  written: number
}

/** The database of the tests, with the rows that D1 bills for each trip. */
export function countBilledRows() {
  const bills: Bill[] = []
  const withSession = (start?: string) => {
    const session = env.DB.withSession(start)
    const batch = async (statements: D1PreparedStatement[]) => {
      const results = await session.batch(statements)
      const sum = (name: 'rows_read' | 'rows_written') => results.reduce((total, { meta }) => total + meta[name], 0)
      bills.push({ read: sum('rows_read'), written: sum('rows_written') })
      return results
    }
    const prepare = (sql: string) => ({ bind: (...values: unknown[]) => bind(session, batch, sql, values) })
    return { prepare, batch, getBookmark: () => session.getBookmark() }
  }
  const total = (name: keyof Bill) => bills.reduce((sum, bill) => sum + bill[name], 0)
  return { DB: { withSession } as unknown as D1Database, bills, total }
}

type Batch = (statements: D1PreparedStatement[]) => Promise<D1Result[]>

/** A lone statement comes back without its bill, so it is sent twice: it must only read. */
function bind(session: D1DatabaseSession, batch: Batch, sql: string, values: unknown[]) {
  const statement = session.prepare(sql).bind(...values)
  const raw = async () => {
    if (!/^select /.test(sql)) throw new Error(`a lone statement that writes: ${sql}`)
    await batch([statement])
    return statement.raw()
  }
  return Object.assign(Object.create(statement), { raw })
}
