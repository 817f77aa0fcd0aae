import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import {
  alias,
  type SelectedFields,
  type SQLiteColumn,
  type SQLiteSelect,
  type SQLiteTable,
} from 'drizzle-orm/sqlite-core'
import { projects, type Token, tokens } from '../schema/tables.ts'
import { type Buildable, queryFor, type Statement } from './database.ts'

/** Reference of a request to a project: its id, or its full path. */
export type ProjectRef = number | string

/** Proof of a caller: the digest of a token, or the project that a signed token names; null for the instance. */
export type CallerKey = { digest: string } | { project: ProjectRef } | null

/** The key of the instance, which owns every project. */
export const INSTANCE: CallerKey = null

/** A read under a project, whose statement depends on who calls. It reads nothing of a project that is not the caller's. */
export interface CallerRead<Result = unknown> {
  as(caller: CallerKey): Statement<Result>
}

/** A read whose one statement finds the caller and the project too. */
export interface ProjectRead<Value = unknown> extends CallerRead<InProject<Value>> {
  readonly findsProject: true
}

/** The caller, as far as the database knows it. */
interface Caller {
  token: Token
  /** Of a token that is signed for a path: the project with that path. */
  ownId: number
}

/** The result of a read under a project. */
export class InProject<Value> {
  /** The token that calls, expired and revoked ones too. */
  readonly token: Token | undefined
  /** The id of the caller's own project. */
  readonly ownId: number | undefined
  /** The id of the project that the request names; undefined if it does not exist or is not the caller's. */
  readonly projectId: number | undefined
  readonly value: Value

  constructor(caller: Partial<Caller>, namedId: number | undefined, value: Value) {
    this.token = caller.token
    this.ownId = caller.token?.projectId ?? caller.ownId
    this.projectId = namedId
    this.value = value
  }
}

type Params = Readonly<Record<string, unknown>>
type Form = 'instance' | 'token' | 'ownId' | 'ownPath'
type Joined<Row> = Partial<Caller> & { projectId: number | null; row: Row | null }

/** Begins a select from the caller, and from the project that the request names if it is the caller's. */
type From = (fields: SelectedFields) => SQLiteSelect

const param = sql.placeholder
const callers = alias(tokens, 'callers')
const own = alias(projects, 'own')
const isCaller = eq(callers.digest, param('digest'))
const isOwn = eq(own.fullPath, param('own'))

const { digest, ...tokenColumns } = getTableColumns(callers)
const callerColumns = Object.fromEntries(
  Object.entries(tokenColumns).map(([key, column]) => [key, renamed(column, `caller_${column.name}`)]),
)
const ownId = renamed(own.id, 'own_id')
const projectId = renamed(projects.id, 'owner_id')

/** Names that no joined table has: in a batch, columns of equal names would be one. */
function renamed(column: SQLiteColumn, name: string) {
  return sql`${column}`.mapWith(column).as(name)
}

function fromCaller(db: DrizzleD1Database, form: Form, isNamed: SQL, fields: SelectedFields): SQLiteSelect {
  switch (form) {
    case 'instance':
      return db.select(fields).from(projects).where(isNamed).$dynamic()
    case 'ownId': {
      const isOwnId = eq(projects.id, param('own'))
      return db.select(fields).from(projects).where(and(isNamed, isOwnId)).$dynamic()
    }
    case 'ownPath': {
      const project = and(isNamed, eq(projects.id, own.id))
      return db
        .select({ ownId, ...fields })
        .from(own)
        .leftJoin(projects, project)
        .where(isOwn)
        .$dynamic()
    }
    case 'token': {
      const project = and(isNamed, eq(projects.id, callers.projectId))
      const selected = { token: callerColumns, ...fields }
      return db.select(selected).from(callers).leftJoin(projects, project).where(isCaller).$dynamic()
    }
  }
}

function formOf(caller: CallerKey): Form {
  if (caller === null) return 'instance'
  if ('digest' in caller) return 'token'
  return typeof caller.project === 'number' ? 'ownId' : 'ownPath'
}

function paramsOf(caller: CallerKey): Params {
  if (caller === null) return {}
  return 'digest' in caller ? caller : { own: caller.project }
}

/** Makes a query for each kind of caller and each way to name a project. Drizzle cannot infer the rows of a dynamic select. */
function inForms<Rows, Result>(build: (from: From) => SQLiteSelect, toResult: (rows: Rows) => Result) {
  const inForm = (form: Form, isNamed: SQL) =>
    queryFor((db) => build((fields) => fromCaller(db, form, isNamed, fields)) as unknown as Buildable<Rows>, toResult)
  const byIdAndPath = (form: Form) => ({
    byId: inForm(form, eq(projects.id, param('project'))),
    byPath: inForm(form, eq(projects.fullPath, param('project'))),
  })
  const forms = {
    instance: byIdAndPath('instance'),
    token: byIdAndPath('token'),
    ownId: byIdAndPath('ownId'),
    ownPath: byIdAndPath('ownPath'),
  }
  return (project: ProjectRef, params: Params = {}): CallerRead<Result> => ({
    as: (caller) => {
      const { byId, byPath } = forms[formOf(caller)]
      return (typeof project === 'number' ? byId : byPath)({ ...params, ...paramsOf(caller), project })
    },
  })
}

/** Makes a read of rows that `build` joins to the project. */
export function callerRead<Row>(build: (from: From) => SQLiteSelect) {
  return inForms<Row[], readonly Row[]>(build, (rows) => rows)
}

/** Makes a read of the project's rows of a table, or of its own columns if there is no table. The rows come in no order. */
export function projectRead<Row, Value>(
  source: { columns: Record<string, SQLiteColumn>; table?: SQLiteTable; on?: SQL | undefined },
  toValue: (rows: readonly Row[]) => Value,
): (project: ProjectRef, params?: Params) => ProjectRead<Value> {
  const read = inForms<Joined<Row>[], InProject<Value>>(
    (from) => {
      const project = from({ projectId, row: source.columns })
      return source.table ? project.leftJoin(source.table, source.on) : project
    },
    (rows) => {
      const value = toValue(rows.flatMap(({ row }) => row ?? []))
      return new InProject(rows[0] ?? {}, rows[0]?.projectId ?? undefined, value)
    },
  )
  return (project, params) => ({ ...read(project, params), findsProject: true })
}

const ofDigest = queryFor(
  (db) => db.select({ token: tokenColumns }).from(callers).where(isCaller),
  ([row]) => new InProject(row ?? {}, undefined, null),
)
const ofPath = queryFor(
  (db) => db.select({ ownId: own.id }).from(own).where(isOwn),
  ([row]) => new InProject(row ?? {}, undefined, null),
)

/** Finds a caller of whom the database knows more than the request says; undefined for the others. */
export function findCaller(caller: CallerKey): Statement<InProject<null>> | undefined {
  if (caller === null) return undefined
  if ('digest' in caller) return ofDigest(caller)
  return typeof caller.project === 'string' ? ofPath({ own: caller.project }) : undefined
}
