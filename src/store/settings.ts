import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { projects, type Settings, settings } from '../schema/tables.ts'
import { insertWhere, query, type Statement } from './database.ts'
import { onProject, owner, type ProjectRef } from './projects.ts'

export type NewSettings = Omit<Settings, 'id' | 'keyId'>
export type SettingsEdit = Pick<Settings, 'active' | 'flags' | 'params' | 'secrets' | 'secretsMeta' | 'updatedAt'>

const value = sql.placeholder

const named = onProject((db, isProject) => joined(db, isProject, eq(settings.slug, value('slug'))))

/** A project, and its settings for the slug if it saved any: one row, or none where there is no such project. */
export function findSettings(project: ProjectRef, slug: string) {
  return named(project, { slug })
}

const saved = onProject((db, isProject) => joined(db, isProject, undefined))
const active = onProject((db, isProject) => joined(db, isProject, sql`${settings.active} = 1`))

/** A project, and each of its settings: at least one row where the project exists. In no order. */
export function listSettings(project: ProjectRef, activeOnly: boolean) {
  return activeOnly ? active(project) : saved(project)
}

const now = query((db) =>
  db
    .select()
    .from(settings)
    .where(and(eq(settings.projectId, value('projectId')), eq(settings.slug, value('slug')))),
)

/** The row as a batch leaves it. */
export function findSettingsNow(projectId: number, slug: string) {
  return now({ projectId, slug })
}

const settingsInsert = query((db) => {
  const project = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, value('projectId')))
  return insertWhere(db, settings, sql`exists ${project}`, { id: sql`null` })
})

/** Nothing is written where the slug has settings already, or the project is gone. */
export function insertSettings(row: NewSettings): Statement {
  return settingsInsert({ ...row })
}

const isVersion = and(eq(settings.id, value('id')), eq(settings.version, value('version')))

const settingsUpdate = query((db) => {
  const sent = (key: keyof SettingsEdit) => sql`${sql.param(value(key), settings[key])}`
  return db
    .update(settings)
    .set({
      active: sent('active'),
      flags: sent('flags'),
      params: sent('params'),
      secrets: sent('secrets'),
      secretsMeta: sent('secretsMeta'),
      updatedAt: sent('updatedAt'),
      version: sql`${settings.version} + 1`,
    })
    .where(isVersion)
})

/** Nothing is written where the row has moved on from its version, or is gone. */
export function updateSettings({ id, version }: Settings, edit: SettingsEdit): Statement {
  return settingsUpdate({ ...edit, id, version })
}

const settingsDelete = query((db) => db.delete(settings).where(isVersion))

/** As `updateSettings`: only the row as it was seen is deleted. */
export function deleteSettings({ id, version }: Settings): Statement {
  return settingsDelete({ id, version })
}

const keyCounts = query((db) =>
  db
    .select({ keyId: sql<string>`${settings.keyId}`.as('key_id'), rows: sql<number>`count(*)`.as('rows') })
    .from(settings)
    .where(sql`${settings.keyId} is not null`)
    .groupBy(settings.keyId),
)

/** How many rows each key seals, over all projects. */
export function countKeys() {
  return keyCounts({})
}

export type SealedRow = Pick<Settings, 'id' | 'projectId' | 'slug' | 'version'> & { secrets: string }

const sealedBy = query((db) => {
  const { id, projectId, slug, version } = settings
  const secrets = sql<string>`${settings.secrets}`.as('secrets')
  return db
    .select({ id, projectId, slug, version, secrets })
    .from(settings)
    .where(sql`${settings.keyId} in (select value from json_each(${value('keyIds')}))`)
    .limit(value('limit'))
})

/** Some rows that one of the keys seals, of all projects. */
export function listSealedBy(keyIds: readonly string[], limit: number) {
  return sealedBy({ keyIds: JSON.stringify(keyIds), limit })
}

const resealing = query((db) =>
  db
    .update(settings)
    .set({ secrets: sql`${value('secrets')}` })
    .where(isVersion),
)

/** Replaces the seal and nothing else. Nothing is written where the row was edited since it was read. */
export function resealSettings({ id, version }: SealedRow, secrets: string): Statement {
  return resealing({ id, version, secrets })
}

function joined(db: DrizzleD1Database, isProject: SQL, which: SQL | undefined) {
  return db
    .select({ project: owner, settings })
    .from(projects)
    .leftJoin(settings, and(eq(settings.projectId, projects.id), which))
    .where(isProject)
}
