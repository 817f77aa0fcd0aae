import { and, eq, getTableColumns, gt, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { projects, type Settings, settings } from '../schema/tables.ts'
import { type Buildable, field, insertListed, insertWhere, listed, query, type Statement, toLists } from './database.ts'
import { type ProjectRef, projectRead } from './project-read.ts'

export type NewSettings = Omit<Settings, 'id'>
export type SettingsEdit = Pick<Settings, 'active' | 'flags' | 'params' | 'secrets' | 'secretsMeta' | 'updatedAt'>

const param = sql.placeholder
const { keyId, ...columns } = getTableColumns(settings)

const ofProject = eq(settings.projectId, projects.id)
const named = projectRead<Settings, Settings | null>(
  { columns, table: settings, on: and(ofProject, eq(settings.slug, param('slug'))) },
  ([row]) => row ?? null,
)

/** Finds the settings of a project for a slug; null if it has none. */
export function findSettings(project: ProjectRef, slug: string) {
  return named(project, { slug })
}

const saved = projectRead<Settings, readonly Settings[]>({ columns, table: settings, on: ofProject }, (rows) => rows)
const active = projectRead<Settings, readonly Settings[]>(
  { columns, table: settings, on: and(ofProject, sql`${settings.active} = 1`) },
  (rows) => rows,
)

/** Lists the settings of a project, in no order. */
export function listSettings(project: ProjectRef, activeOnly: boolean) {
  return (activeOnly ? active : saved)(project)
}

const settingsInsert = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('projectId')))
  return insertWhere(db, settings, sql`exists ${project}`, { id: sql`null` })
})

/** Writes nothing if the slug has settings already, or if the project is gone. */
export function insertSettings(row: NewSettings): Statement {
  return settingsInsert({ ...row })
}

const isVersion = and(eq(settings.id, param('id')), eq(settings.version, param('version')))

/** An edit of a row, and the row that it was made for. */
export interface RowUpdate {
  saved: Settings
  edit: SettingsEdit
}

/** Columns that indexes depend on. D1 bills an index write for each that a SET names, even if its value stays. */
const INDEXED = ['active', 'secrets'] as const
const NOT_INDEXED = ['flags', 'params', 'secretsMeta', 'updatedAt'] as const
type Indexed = (typeof INDEXED)[number]

/**
 * An UPDATE that names indexed columns only if they change, one query for each combination. Leaving out unchanged secrets
 * also keeps an edit from undoing a key rotation that sealed the row again after the edit had read it.
 */
function onChangedColumns(
  toValue: (key: keyof SettingsEdit) => SQL,
  build: (db: DrizzleD1Database, set: Record<string, SQL>) => Buildable<unknown>,
) {
  const queries = new Map<string, ReturnType<typeof query>>()
  return (indexed: readonly Indexed[], values: Readonly<Record<string, unknown>>): Statement => {
    const key = indexed.join()
    const set = Object.fromEntries([...NOT_INDEXED, ...indexed].map((name) => [name, toValue(name)]))
    const own = queries.get(key) ?? query((db) => build(db, { ...set, version: sql`${settings.version} + 1` }))
    queries.set(key, own)
    return own(values)
  }
}

function changedColumns({ saved: row, edit }: RowUpdate): Indexed[] {
  return INDEXED.filter((name) => row[name] !== edit[name])
}

const settingsUpdate = onChangedColumns(
  (key) => sql`${sql.param(param(key), settings[key])}`,
  (db, set) => db.update(settings).set(set).where(isVersion),
)

/** Writes nothing if the row has another version by now, or is gone. */
export function updateSettings(update: RowUpdate): Statement {
  const { id, version } = update.saved
  return settingsUpdate(changedColumns(update), { ...update.edit, id, version })
}

const settingsDelete = query((db) => db.delete(settings).where(isVersion))

/** As `updateSettings`: only the row as it was seen is deleted. */
export function deleteSettings({ id, version }: Settings): Statement {
  return settingsDelete({ id, version })
}

const allInsert = query((db) => insertListed(db, settings, { id: sql`null` }))

/** Fails if a slug has settings already: only for a batch that `commitAll` guards. */
export function insertAllSettings(rows: readonly NewSettings[]): Statement[] {
  return toLists(settings, rows).map((list) => allInsert({ rows: list }))
}

const allUpdate = onChangedColumns(field, (db, set) =>
  db
    .update(settings)
    .set(set)
    .from(listed)
    .where(and(eq(settings.id, field('id')), eq(settings.version, field('version')))),
)

/** As `updateSettings`, for many rows: each is left alone if it has another version by now. */
export function updateAllSettings(updates: readonly RowUpdate[]): Statement[] {
  const groups = Map.groupBy(updates, (update) => changedColumns(update).join())
  return [...groups].flatMap(([key, group]) => {
    const indexed = INDEXED.filter((name) => key.split(',').includes(name))
    const rows = group.map(({ saved: { id, version }, edit }) => ({ ...edit, id, version }))
    return toLists(settings, rows).map((list) => allUpdate(indexed, { rows: list }))
  })
}

const allDelete = query((db) =>
  db
    .delete(settings)
    .where(sql`(${settings.id}, ${settings.version}) in (select ${field('id')}, ${field('version')} from ${listed})`),
)

/** As `deleteSettings`, for many rows. */
export function deleteAllSettings(rows: readonly Settings[]): Statement[] {
  const seen = rows.map(({ id, version }) => ({ id, version }))
  return toLists(settings, seen).map((list) => allDelete({ rows: list }))
}

/** The rows that a change of many settings of one project was made for: those of these slugs, or all if it names none. */
export interface Snapshot {
  projectId: number
  slugs: readonly string[] | null
  rows: readonly Settings[]
}

const isNamed = sql`(${param('slugs')} is null or ${settings.slug} in (select value from json_each(${param('slugs')})))`
const isInSnapshot = and(eq(settings.projectId, param('projectId')), isNamed)
const versionOf = sql`${settings.id} || '-' || ${settings.version}`

/** True if the project exists and the rows are those of the snapshot: none more, none less, none of another version. */
export const isUnchanged = sql`(
  exists (select 1 from ${projects} where ${eq(projects.id, param('projectId'))})
  and (select count(*) from ${settings} where ${isInSnapshot}) = json_array_length(${param('versions')})
  and not exists (
    select 1 from ${settings}
    where ${isInSnapshot} and ${versionOf} not in (select value from json_each(${param('versions')}))
  )
)`

/** Returns the values of `isUnchanged`. */
export function snapshotValues({ projectId, slugs, rows }: Snapshot) {
  const versions = JSON.stringify(rows.map(({ id, version }) => `${id}-${version}`))
  return { projectId, slugs: slugs && JSON.stringify(slugs), versions }
}

function ofMany(which: SQL | undefined) {
  return query((db) => {
    const { id, fullPath } = projects
    const some = db
      .select({ id, fullPath })
      .from(projects)
      .where(which)
      .orderBy(sql`+${id}`)
      .limit(param('limit'))
      .as('some')
    const project = {
      id: sql<number>`${some.id}`.as('owner_id'),
      fullPath: sql<string>`${some.fullPath}`.as('owner_path'),
    }
    return db
      .select({ project, settings: columns })
      .from(some)
      .leftJoin(settings, and(eq(settings.projectId, some.id), isNamed))
  })
}

const ofIds = ofMany(sql`${projects.id} in (select value from json_each(${param('ids')}))`)
/** The sign keeps to the index of paths: else all projects would be walked, by id. */
const ofPrefix = ofMany(
  and(
    gte(projects.fullPath, param('prefix')),
    lt(projects.fullPath, param('end')),
    sql`+${projects.id} > ${param('after')}`,
  ),
)

/** Some projects: these, or the first ones with ids past `after` whose full path starts with `prefix`. */
export type Projects = { ids: readonly number[] } | { prefix: string; after: number; limit: number }

/** Each of the projects, and its settings for the slugs, or all of them: at least one row a project. In no order. */
export function listSettingsOf(some: Projects, slugs: readonly string[] | null) {
  const list = slugs && JSON.stringify(slugs)
  if ('ids' in some) return ofIds({ ids: JSON.stringify(some.ids), limit: some.ids.length, slugs: list })
  const { prefix, after, limit } = some
  return ofPrefix({ prefix, end: `${prefix}\u{10FFFF}`, after, limit, slugs: list })
}

const keyCounts = query((db) =>
  db
    .select({ keyId: sql<string>`${settings.keyId}`.as('key_id'), rows: sql<number>`count(*)`.as('rows') })
    .from(settings)
    .where(sql`${settings.keyId} is not null`)
    .groupBy(settings.keyId),
)

/** Counts the rows that each key seals, over all projects. */
export function countKeys() {
  return keyCounts({})
}

export type SealedRow = Pick<Settings, 'id' | 'projectId' | 'slug' | 'version'> & { keyId: string; secrets: string }

/** Rows of one side of the first key. Both sides in one query, `<>`, would walk all rows of the first key as well. */
function sealedBy(isOther: SQL) {
  return query((db) => {
    const { id, projectId, slug, version } = settings
    const sealed = {
      keyId: sql<string>`${settings.keyId}`.as('key_id'),
      secrets: sql<string>`${settings.secrets}`.as('secrets'),
    }
    return db
      .select({ id, projectId, slug, version, ...sealed })
      .from(settings)
      .where(and(isOther, sql`(${settings.keyId}, ${settings.id}) > (${param('afterKey')}, ${param('afterId')})`))
      .orderBy(settings.keyId, settings.id)
      .limit(param('limit'))
  })
}

const sealedBelow = sealedBy(lt(settings.keyId, param('first')))
const sealedAbove = sealedBy(gt(settings.keyId, param('first')))

/** Row behind which a walk over sealed rows goes on, in the order of keys and ids. */
export interface RotationCursor {
  keyId: string
  id: number
}

/** The first rows behind the cursor, of all projects, that another key than the first seals, in two lists. */
export function listSealedByOthers(first: string, after: RotationCursor, limit: number) {
  const values = { first, afterKey: after.keyId, afterId: after.id, limit }
  return [sealedBelow(values), sealedAbove(values)] as const
}

const resealing = query((db) =>
  db
    .update(settings)
    .set({ secrets: sql`${param('secrets')}` })
    .where(isVersion),
)

/** Replaces the sealed text and nothing else. Writes nothing if the row was edited since it was read. */
export function resealSettings({ id, version }: SealedRow, secrets: string): Statement {
  return resealing({ id, version, secrets })
}
