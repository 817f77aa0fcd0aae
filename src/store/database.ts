import { getTableColumns, SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core'

export type Database = DrizzleD1Database

/** A statement that has not been sent. Several of them make a batch: one trip, one transaction. */
export type Statement<T = unknown> = BatchItem<'sqlite'> & PromiseLike<T>

export interface Session {
  db: Database
  /** How far the session has read, for whoever wants to read no older. */
  bookmark(): string | null
}

/** Opens a session on D1, which reads nothing older than `start`: a bookmark, or one of D1's constraints. */
export function openSession(d1: D1Database, start: string): Session {
  const session = d1.withSession(start)
  // drizzle's type asks for a whole D1Database, yet it calls `prepare` and `batch` alone, and a session has both.
  return { db: drizzle(session as unknown as D1Database), bookmark: () => session.getBookmark() }
}

/** `insert … select … where`: the row goes in where the condition holds and it conflicts with none. What it omits is null. */
export function insertWhere<T extends SQLiteTable>(
  db: Database,
  table: T,
  row: SQLiteInsertValue<T>,
  condition: SQL,
): Statement {
  const values = Object.entries(getTableColumns(table)).map(([key, column]) => {
    const value: unknown = row[key as keyof typeof row] ?? null
    return value instanceof SQL ? value : sql`${sql.param(value, column)}`
  })
  const selected = sql`select ${sql.join(values, sql`, `)} where ${condition}`
  return db.insert(table).select(selected).onConflictDoNothing()
}
