import { is, sql } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import * as tables from '../schema/tables.ts'
import { query } from './database.ts'

/** The columns of all tables that the program declares, as `table.column`. */
export const declaredColumns: readonly string[] = Object.values(tables)
  .filter((value) => is(value, SQLiteTable))
  .map((table) => getTableConfig(table))
  .flatMap(({ name, columns: list }) => list.map((column) => `${name}.${column.name}`))

const tableNames = JSON.stringify([...new Set(declaredColumns.map((column) => column.split('.', 1)[0]))])

const columns = query((db) =>
  db
    .select({ column: sql<string>`m.name || '.' || c.name`.as('column_name') })
    .from(sql`sqlite_schema as m join pragma_table_xinfo(m.name) as c`)
    .where(sql`m.type = 'table' and m.name in (select value from json_each(${sql.placeholder('tables')}))`),
)

/**
 * Returns the columns that the declared tables have in the database. SQLite reads a quoted name that is no column as a
 * text: without this comparison a missing column is not an error but a value, and `expires_at` would be no limit.
 */
export function listColumns() {
  return columns({ tables: tableNames })
}
