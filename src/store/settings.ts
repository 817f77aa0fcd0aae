import { and, eq, type SQL, sql } from 'drizzle-orm'
import { projects, type Settings, settings } from '../schema/tables.ts'
import { type Database, insertWhere, type Statement } from './database.ts'
import { isProject, type ProjectRef } from './projects.ts'

export type NewSettings = Omit<Settings, 'id'>
export type SettingsEdit = Pick<Settings, 'active' | 'flags' | 'params' | 'secrets' | 'secretsMeta' | 'updatedAt'>

/** A project, and its settings for the slug if it saved any: one row, or none where there is no such project. */
export function findSettings(db: Database, project: ProjectRef, slug: string) {
  return joined(db, project, eq(settings.slug, slug))
}

/** A project, and each of its settings: at least one row where the project exists. In no order. */
export function listSettings(db: Database, project: ProjectRef, activeOnly: boolean) {
  return joined(db, project, activeOnly ? sql`${settings.active} = 1` : undefined)
}

export function findSettingsNow(db: Database, projectId: number, slug: string) {
  return db
    .select()
    .from(settings)
    .where(and(eq(settings.projectId, projectId), eq(settings.slug, slug)))
}

/** Nothing is written where the slug has settings already, or the project is gone. */
export function insertSettings(db: Database, row: NewSettings): Statement {
  const project = db.select({ id: projects.id }).from(projects).where(eq(projects.id, row.projectId))
  return insertWhere(db, settings, row, sql`exists ${project}`)
}

/** Nothing is written where the row has moved on from `version`, or is gone. */
export function updateSettings(db: Database, { id, version }: Settings, edit: SettingsEdit): Statement {
  return db
    .update(settings)
    .set({ ...edit, version: version + 1 })
    .where(isVersion(id, version))
}

/** As `updateSettings`: only the row as it was seen is deleted. */
export function deleteSettings(db: Database, { id, version }: Settings): Statement {
  return db.delete(settings).where(isVersion(id, version))
}

function joined(db: Database, project: ProjectRef, which: SQL | undefined) {
  return db
    .select({ project: { id: sql<number>`${projects.id}`.as('owner_id') }, settings })
    .from(projects)
    .leftJoin(settings, and(eq(settings.projectId, projects.id), which))
    .where(isProject(project))
}

function isVersion(id: number, version: number) {
  return and(eq(settings.id, id), eq(settings.version, version))
}
