import { fillPlaceholders, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import { sleep, waitAfter } from '../backoff.ts'

type Values = Readonly<Record<string, unknown>>

/** The builders of drizzle, as far as they are used here. `prepare` has internals of the pinned version: check on upgrades. */
export type Buildable<Rows> = PromiseLike<Rows> & {
  prepare(): {
    getQuery(): { sql: string; params: unknown[] }
    mapResult(response: unknown, isFromBatch: boolean): unknown
  }
}

/** The text of a query, its parameters, and how its rows are read. */
interface Prepared<Result> {
  sql: string
  params: unknown[]
  toResult(response: unknown, isFromBatch: boolean): Result
}

/** A query with its values, not sent yet. Several of them make a batch: one trip, one transaction. */
export interface Statement<Result = unknown> {
  prepared: Prepared<Result>
  values: Values
}

type ResultOf<S> = S extends Statement<infer Result> ? Result : never
export type Found<S extends readonly Statement[]> = { [K in keyof S]: ResultOf<S[K]> }

/** A session on D1. */
export interface Database {
  /**
   * Sends statements in one trip. A lone one uses `raw()`, whose arrays cost D1 less than objects; in a batch the columns
   * of a statement need names that differ, since its rows are objects.
   */
  batch<S extends readonly Statement[]>(statements: S): Promise<Found<S>>
  /** Trips made so far. */
  trips(): number
  /** Bookmark of the session, for clients that want to read no older state. */
  bookmark(): string | null
}

/** D1 did not do what it was asked. Its messages name tables and columns, never values. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
}

/** drizzle without a database: it builds queries and never sends one. */
const builder = drizzle({ prepare: () => undefined } as unknown as D1Database)

/**
 * A query of which only the values change: drizzle builds its text once in an isolate, at the first use, since that
 * costs several times what the rest of a request does.
 */
export function query<Rows>(build: (db: DrizzleD1Database) => Buildable<Rows>): (values: Values) => Statement<Rows> {
  return queryFor(build, (rows) => rows)
}

/** As `query`, for a result that is made of the rows. */
export function queryFor<Rows, Result>(
  build: (db: DrizzleD1Database) => Buildable<Rows>,
  toResult: (rows: Rows) => Result,
): (values: Values) => Statement<Result> {
  let prepared: Prepared<Result> | undefined
  return (values) => {
    prepared ??= prepare(build, toResult)
    return { prepared, values }
  }
}

function prepare<Rows, Result>(
  build: (db: DrizzleD1Database) => Buildable<Rows>,
  toResult: (rows: Rows) => Result,
): Prepared<Result> {
  const prepared = build(builder).prepare()
  return {
    ...prepared.getQuery(),
    toResult: (response, isFromBatch) => toResult(prepared.mapResult(response, isFromBatch) as Rows),
  }
}

/** Opens a session that reads nothing older than `start`: a bookmark, or one of D1's constraints. */
export function openDatabase(d1: D1Database, start: string): Database {
  const session = d1.withSession(start)
  const bind = ({ prepared: { sql: text, params }, values }: Statement) =>
    session.prepare(text).bind(...fillPlaceholders(params, { ...values }))
  let trips = 0
  const send = (bound: D1PreparedStatement[]): Promise<unknown[]> => {
    trips += 1
    const [first] = bound
    const isOne = first && bound.length === 1
    return (isOne ? first.raw().then((rows) => [rows]) : session.batch(bound)).catch(fail)
  }
  return {
    batch: async <S extends readonly Statement[]>(statements: S) => {
      const results = statements.length === 0 ? [] : await send(statements.map(bind))
      const isBatch = results.length > 1
      return results.map((result, index) => statements[index]?.prepared.toResult(result, isBatch)) as Found<S>
    },
    trips: () => trips,
    bookmark: () => session.getBookmark(),
  }
}

const MAX_TRIES = 4
const BACKOFF = { first: 50, max: 200, jitter: 1 }
/** Errors after which the same write may succeed, in D1's own words. */
const TRANSIENT = /Network connection lost|storage caused object to be reset|reset because its code was updated/

/**
 * Repeats a write after a transient error; D1 itself never does. Only for writes that recognise themselves: one may have
 * been committed, and only its acknowledgement was lost.
 */
export async function retryTransient<T>(send: () => Promise<T>, tries = 1): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (tries >= MAX_TRIES || !(error instanceof DatabaseError) || !TRANSIENT.test(error.message)) throw error
    await sleep(waitAfter(tries, BACKOFF))
    return retryTransient(send, tries + 1)
  }
}

function fail(error: unknown): never {
  throw new DatabaseError(error instanceof Error ? error.message : 'D1 failed')
}

/**
 * `insert … select … where`: the row goes in where the condition holds and it conflicts with none. Each column takes
 * the value of its name, unless `computed` says how to come by it.
 */
export function insertWhere<T extends SQLiteTable>(
  db: DrizzleD1Database,
  table: T,
  condition: SQL,
  computed: Partial<Record<keyof T['$inferSelect'], SQL>> = {},
) {
  const columns = Object.entries(getTableColumns(table)).filter(([, column]) => !column.generated)
  const values = columns.map(
    ([key, column]) => computed[key as keyof typeof computed] ?? sql`${sql.param(sql.placeholder(key), column)}`,
  )
  const selected = sql`select ${sql.join(values, sql`, `)} where ${condition}`
  return db.insert(table).select(selected).onConflictDoNothing()
}

/** More than this many characters of JSON are not bound at once: in UTF-8 they stay below D1's 2 MB. */
const LIST_LENGTH = 600_000

/** The rows of the JSON list that the placeholder `rows` holds. Their fields are read by `field`. */
export const listed = sql`json_each(${sql.placeholder('rows')}) as listed`

/** A field of a listed row, as its column would hold it. */
export function field(key: string): SQL {
  return sql.raw(`listed.value ->> '${key}'`)
}

/**
 * Rows as JSON lists, each field as its column would hold it. One list takes thousands, where parameters end at 100;
 * what is too long for one goes into several.
 */
export function toLists(table: SQLiteTable, rows: readonly object[]): string[] {
  const columns = getTableColumns(table)
  const lists: string[] = []
  for (const row of rows) {
    const fields = Object.entries(row).map(([key, value]) => [
      key,
      value === null ? null : columns[key]?.mapToDriverValue(value),
    ])
    const text = JSON.stringify(Object.fromEntries(fields))
    const last = lists.at(-1)
    if (last === undefined || last.length + text.length > LIST_LENGTH) lists.push(text)
    else lists[lists.length - 1] = `${last},${text}`
  }
  return lists.map((list) => `[${list}]`)
}

/** `insert … select` of each listed row. Each column takes the field of its name, unless `computed` says otherwise. */
export function insertListed<T extends SQLiteTable>(
  db: DrizzleD1Database,
  table: T,
  computed: Partial<Record<keyof T['$inferSelect'], SQL>>,
) {
  const columns = Object.entries(getTableColumns(table)).filter(([, column]) => !column.generated)
  const values = columns.map(([key]) => computed[key as keyof typeof computed] ?? field(key))
  return db.insert(table).select(sql`select ${sql.join(values, sql`, `)} from ${listed}`)
}
