import { and, desc, eq, getTableColumns, gte, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { type Project, projects, retiredProjects, tokens } from '../schema/tables.ts'
import { type Buildable, insertWhere, query, type Statement } from './database.ts'
import { type CallerKey, type ProjectRef, projectRead } from './project-read.ts'

/** The database assigns the next id if `id` is null. */
export type NewProject = Omit<Project, 'id'> & { id: number | null }
export type ProjectEdit = Omit<Project, 'id' | 'version' | 'createdAt'>

/** Selects projects whose name or path begins with `search`. */
export interface ProjectFilter {
  search: string
  /** Owner of the projects. */
  of: CallerKey
}

/** Longer lists are not counted to their end, and have no total (docs/rules.md#projects). */
export const COUNT_LIMIT = 10_000

const param = sql.placeholder

const one = projectRead<Project, Project | null>({ columns: getTableColumns(projects) }, ([project]) => project ?? null)

/** The project itself; null if there is none. */
export function findProject(project: ProjectRef) {
  return one(project)
}

const ofToken = eq(
  projects.id,
  sql`(select ${tokens.projectId} from ${tokens} where ${eq(tokens.digest, param('digest'))})`,
)
const withId = eq(projects.id, param('project'))
const withPath = eq(projects.fullPath, param('project'))
const isFound = or(
  and(gte(projects.name, param('search')), lt(projects.name, param('after'))),
  and(gte(projects.path, param('search')), lt(projects.path, param('after'))),
)

/** Builds one query for each shape of filter: a single query with optional conditions would use no index. */
function onFilter<Rows>(build: (db: DrizzleD1Database, isShown: SQL | undefined) => Buildable<Rows>) {
  const inBothForms = (isOwn?: SQL) => ({
    whole: query((db) => build(db, isOwn)),
    searched: query((db) => build(db, and(isOwn, isFound))),
  })
  const shapes = {
    all: inBothForms(),
    token: inBothForms(ofToken),
    id: inBothForms(withId),
    path: inBothForms(withPath),
  }
  return ({ search, of }: ProjectFilter, values?: Record<string, unknown>): Statement<Rows> => {
    const shape = shapes[shapeOf(of)][search === '' ? 'whole' : 'searched']
    return shape({ ...values, ...of, search, after: `${search}\u{10FFFF}` })
  }
}

function shapeOf(of: ProjectFilter['of']): 'all' | 'token' | 'id' | 'path' {
  if (of === null) return 'all'
  if ('digest' in of) return 'token'
  return typeof of.project === 'number' ? 'id' : 'path'
}

const projectPage = onFilter((db, isShown) =>
  db.select().from(projects).where(isShown).orderBy(desc(projects.id)).limit(param('limit')).offset(param('offset')),
)

/** Newest id first. */
export function listProjects(filter: ProjectFilter, limit: number, offset: number) {
  return projectPage(filter, { limit, offset })
}

const projectCount = onFilter((db, isShown) => {
  const some = db
    .select({ id: projects.id })
    .from(projects)
    .where(isShown)
    .limit(COUNT_LIMIT + 1)
    .as('some')
  return db.select({ total: sql<number>`count(*)`.as('total') }).from(some)
})

/** Counts the projects that a filter selects, up to one more than `COUNT_LIMIT`. */
export function countProjects(filter: ProjectFilter) {
  return projectCount(filter)
}

const projectInsert = query((db) => {
  const isRetired = db
    .select()
    .from(retiredProjects)
    .where(eq(retiredProjects.id, param('id')))
  return insertWhere(db, projects, sql`not exists ${isRetired}`)
})

/** Nothing is written if the path or the id is taken, or the id belonged to a deleted project. */
export function insertProject(project: NewProject): Statement {
  return projectInsert({ ...project })
}

const projectUpdate = query((db) => {
  const sent = (key: keyof ProjectEdit) => sql`${sql.param(param(key), projects[key])}`
  const isTaken = sql`(select 1 from ${projects} where ${and(eq(projects.fullPath, param('fullPath')), ne(projects.id, param('id')))})`
  return db
    .update(projects)
    .set({
      name: sent('name'),
      path: sent('path'),
      fullPath: sent('fullPath'),
      description: sent('description'),
      defaultBranch: sent('defaultBranch'),
      emailsEnabled: sent('emailsEnabled'),
      protectedBranches: sent('protectedBranches'),
      updatedAt: sent('updatedAt'),
      version: sql`${projects.version} + 1`,
    })
    .where(and(eq(projects.id, param('id')), eq(projects.version, param('version')), sql`not exists ${isTaken}`))
})

/** Nothing is written if the project has another version by now, or the path is taken. */
export function updateProject({ id, version }: Project, edit: ProjectEdit): Statement {
  return projectUpdate({ ...edit, id, version })
}

const projectDelete = query((db) => db.delete(projects).where(eq(projects.id, param('id'))))

/** Foreign keys delete its settings and tokens too. */
export function deleteProject(id: number): Statement {
  return projectDelete({ id })
}

const projectRetire = query((db) => {
  const isThere = db
    .select({ id: projects.id })
    .from(projects)
    .where(eq(projects.id, param('id')))
  return insertWhere(db, retiredProjects, sql`not exists ${isThere}`)
})

/** Reserves the id of a project that was deleted earlier in the same batch. */
export function retireProject(id: number): Statement {
  return projectRetire({ id })
}
