import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { type Asked, access } from '../middleware/access.ts'
import type { Caller } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { rules } from '../middleware/rules.ts'
import { rejectQuery, validate } from '../middleware/validation.ts'
import { projectCreation, projectEdition, projectQuery } from '../schema/project.ts'
import type { Change, Project } from '../schema/tables.ts'
import { entryOf } from '../settings/actor.ts'
import { timestamp } from '../settings/present.ts'
import { retryOnConflict } from '../settings/retry.ts'
import { commit } from '../store/audit.ts'
import {
  COUNT_LIMIT,
  countProjects,
  deleteProject,
  findProject,
  insertProject,
  listProjects,
  type ProjectFilter,
  retireProject,
  updateProject,
} from '../store/projects.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

const MAX_ID = 2 ** 31 - 1
const SEGMENT = /^(?!-|\.{1,2}$)[\p{L}\p{N}_.-]+(?<!\.git|\.atom)$/u
const SEGMENT_TEXT =
  "can contain only letters, digits, '_', '-' and '.', and cannot start with '-' or end in '.git' or '.atom'"

const listed = ({ caller, c }: Asked) => {
  const filter = { search: c.req.query('search') ?? '', of: ownOf(caller) }
  const { size, offset } = pageOf(c)
  return [listProjects(filter, size + 1, offset), countProjects(filter)] as const
}

function ownOf(caller: Caller): ProjectFilter['of'] {
  if (caller.kind === 'instance') return null
  return caller.kind === 'token' ? { digest: caller.digest } : { project: caller.rights.project }
}

const named = ({ project }: Asked) => [findProject(project)] as const

/** GitLab's projects, as much of them as the services need: `/projects`. */
export const projectsHandler = new Hono<AppEnv>()
  .get('/', access(rules.readProject, listed), zValidator('query', projectQuery, rejectQuery), (c) => {
    const [rows, [count]] = c.var.found
    const page = pageOf(c)
    const total = count && count.total <= COUNT_LIMIT ? count.total : undefined
    setPageHeaders(c, page, rows.length > page.size, total)
    return c.json(rows.slice(0, page.size).map((project) => present(c, project)))
  })
  .post(
    '/',
    parameters,
    access(rules.instance, () => []),
    async (c) => c.json(present(c, await create(c)), 201),
  )
  .get('/:id', access(rules.readProject, named), (c) => c.json(present(c, found(c.var.found))))
  .put('/:id', parameters, access(rules.writeProject, named), async (c) =>
    c.json(present(c, await edit(c, found(c.var.found)))),
  )
  .delete('/:id', parameters, access(rules.instance, named), async (c) => {
    const { db, projectId } = c.var
    const entry = entryFor(c, projectId, 'project.deleted', [])
    await commit(db, deleteProject(projectId), entry, retireProject(projectId))
    return c.json({ message: '202 Accepted' }, 202)
  })

function present(c: RequestContext, project: Project) {
  const { id, name, path, fullPath, description, defaultBranch, createdAt } = project
  const namespacePath = fullPath.slice(0, -path.length - 1)
  const namespaceName = namespacePath.split('/').at(-1)
  const namespace = { name: namespaceName, path: namespaceName, kind: 'group', full_path: namespacePath }
  return {
    id,
    description,
    name,
    name_with_namespace: [...namespacePath.split('/').filter(Boolean), name].join(' / '),
    path,
    path_with_namespace: fullPath,
    namespace: namespacePath === '' ? null : namespace,
    default_branch: defaultBranch,
    visibility: 'private',
    web_url: new URL(fullPath, c.req.url.replace(/^(https?:\/\/[^/]+).*/, '$1/')).toString(),
    created_at: timestamp(createdAt),
    archived: false,
  }
}

async function create(c: RequestContext): Promise<Project> {
  const body = validate(projectCreation, c.var.parameters)
  if (!body.name && !body.path) throw errors.parameters({ name: ['is missing'], path: ['is missing'] })
  const path = body.path ?? slugOf(body.name ?? '')
  const fullPath = body.namespace_path ? `${body.namespace_path}/${path}` : path
  checkPath(path, fullPath)
  if (body.id != null && (body.id < 1 || body.id > MAX_ID))
    throw errors.model({ id: [`must be between 1 and ${MAX_ID}`] })

  const now = Date.now()
  const shown = {
    name: body.name ?? path,
    path,
    description: body.description ?? null,
    defaultBranch: body.default_branch ?? 'main',
  }
  const row = {
    ...shown,
    id: body.id ?? null,
    fullPath,
    version: 1,
    createdAt: now,
    updatedAt: now,
  }
  const entry = entryFor(c, null, 'project.created', changesOf({}, { ...shown, fullPath }))
  const { db } = c.var
  const { committed, found } = await commit(db, insertProject(row), entry, findProject(fullPath))
  const project = found[0][0]?.project
  if (committed && project) return project
  throw errors.model(project ? { path: ['has already been taken'] } : { id: ['has already been taken'] })
}

async function edit(c: RequestContext, project: Project): Promise<Project> {
  const body = validate(projectEdition, c.var.parameters)
  const { db } = c.var
  const done = await retryOnConflict<Project, Project>(project, async (current) => {
    if (!current) throw errors.notFound('Project')
    const { path = current.path } = body
    const next = {
      name: body.name ?? current.name,
      path,
      fullPath: current.fullPath.slice(0, -current.path.length) + path,
      description: body.description === undefined ? current.description : body.description,
      defaultBranch: body.default_branch === undefined ? current.defaultBranch : (body.default_branch ?? 'main'),
    }
    checkPath(path, next.fullPath)
    const changes = changesOf(current, next)
    if (changes.length === 0) return { done: current }
    const entry = entryFor(c, current.id, 'project.updated', changes)
    const change = updateProject(current, { ...next, updatedAt: Date.now() })
    const { committed, found } = await commit(db, change, entry, findProject(current.id), findProject(next.fullPath))
    const [now, holder] = found.map(([row]) => row?.project)
    if (committed && now) return { done: now }
    if (holder && holder.id !== current.id) throw errors.model({ path: ['has already been taken'] })
    return { conflict: now ?? null }
  })
  if (!done) throw errors.unavailable()
  return done
}

/** The audit entry of a change to the project; null is the one that the change makes. */
function entryFor(c: RequestContext, projectId: number | null, action: string, changes: Change[]) {
  const change = { projectId, action, subject: projectId === null ? null : String(projectId), changes }
  return entryOf(c.var.actor, { ...change, writeId: crypto.randomUUID(), createdAt: Date.now() })
}

function changesOf(before: Partial<Project>, after: Partial<Project>): Change[] {
  return Object.entries(after).flatMap(([field, to]) => {
    const from = before[field as keyof Project] ?? null
    return from === to ? [] : { field, from, to }
  })
}

/** @throws the 400 of a path that could not be told from an id, or that no URL should hold */
function checkPath(path: string, fullPath: string): void {
  if (![path, ...fullPath.split('/')].every((segment) => SEGMENT.test(segment)))
    throw errors.model({ path: [SEGMENT_TEXT] })
  if (/^\d+$/.test(fullPath)) throw errors.model({ path: ['cannot be a number: it would read as an id'] })
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
}

function found([rows]: readonly [readonly { project: Project }[]]): Project {
  const project = rows[0]?.project
  if (!project) throw errors.notFound('Project')
  return project
}
