import { and, desc, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm'
import { type Project, projects, retiredProjects, tokens } from '../schema/tables.ts'
import { type Database, insertWhere, type Statement } from './database.ts'

/** How a request names a project: by its id, or by its full path. */
export type ProjectRef = number | string

export type NewProject = typeof projects.$inferInsert
export type ProjectEdit = Pick<Project, 'name' | 'path' | 'fullPath' | 'description' | 'defaultBranch' | 'updatedAt'>

/** Past this many, a list tells no total (decisions 7). */
export const COUNT_LIMIT = 10_000

export function isProject(ref: ProjectRef): SQL {
  return typeof ref === 'number' ? eq(projects.id, ref) : eq(projects.fullPath, ref)
}

export function findProject(db: Database, ref: ProjectRef) {
  return db.select({ project: projects }).from(projects).where(isProject(ref))
}

/** What a list shows: projects whose name or path starts with `search`, of all or of the token with `digest`. */
export interface ProjectFilter {
  search: string
  digest?: string | undefined
}

/** Newest id first. */
export function listProjects(db: Database, filter: ProjectFilter, limit: number, offset: number) {
  return db.select().from(projects).where(fits(filter)).orderBy(desc(projects.id)).limit(limit).offset(offset)
}

/** How many projects a filter leaves, counted up to one more than `COUNT_LIMIT`. */
export function countProjects(db: Database, filter: ProjectFilter) {
  const some = db
    .select({ id: projects.id })
    .from(projects)
    .where(fits(filter))
    .limit(COUNT_LIMIT + 1)
    .as('some')
  return db.select({ total: sql<number>`count(*)`.as('total') }).from(some)
}

/** Nothing is written where the path or the id is taken, or the id was once another project's. */
export function insertProject(db: Database, project: NewProject): Statement {
  const retired = db
    .select({ id: retiredProjects.id })
    .from(retiredProjects)
    .where(eq(retiredProjects.id, project.id ?? 0))
  return insertWhere(db, projects, project, sql`not exists ${retired}`)
}

/** Nothing is written where the project has moved on from `version`, or the path is taken. */
export function updateProject(db: Database, id: number, version: number, edit: ProjectEdit): Statement {
  const taken = sql`select 1 from ${projects} where ${eq(projects.fullPath, edit.fullPath)} and ${projects.id} <> ${id}`
  return db
    .update(projects)
    .set({ ...edit, version: version + 1 })
    .where(and(eq(projects.id, id), eq(projects.version, version), sql`not exists (${taken})`))
}

/** Its settings and tokens go with it. */
export function deleteProject(db: Database, id: number): Statement {
  return db.delete(projects).where(eq(projects.id, id))
}

/** Keeps the id of a project that this transaction has deleted from being taken again. */
export function retireProject(db: Database, id: number): Statement {
  const project = db.select({ id: projects.id }).from(projects).where(eq(projects.id, id))
  return insertWhere(db, retiredProjects, { id }, sql`not exists ${project}`)
}

function fits({ search, digest }: ProjectFilter): SQL | undefined {
  const owner = sql`(select ${tokens.projectId} from ${tokens} where ${tokens.digest} = ${digest})`
  return and(digest === undefined ? undefined : eq(projects.id, owner), startsWith(search))
}

function startsWith(search: string): SQL | undefined {
  if (search === '') return undefined
  const after = `${search}\u{10FFFF}`
  return or(
    and(gte(projects.name, search), lt(projects.name, after)),
    and(gte(projects.path, search), lt(projects.path, after)),
  )
}
