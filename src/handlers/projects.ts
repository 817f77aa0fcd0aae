import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { type Asked, access } from '../middleware/access.ts'
import type { Caller } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { rules } from '../middleware/rules.ts'
import { rejectQuery, validate } from '../middleware/validation.ts'
import { type CreateOutcome, createProject } from '../projects/create.ts'
import { type EditOutcome, editProject } from '../projects/edit.ts'
import { presentProject } from '../projects/present.ts'
import { removeProject } from '../projects/remove.ts'
import { projectCreation, projectEdition, projectQuery } from '../schema/project.ts'
import type { Project } from '../schema/tables.ts'
import { COUNT_LIMIT, countProjects, findProject, listProjects, type ProjectFilter } from '../store/projects.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

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
    return c.json(rows.slice(0, page.size).map((project) => presentProject(project, originOf(c))))
  })
  .post(
    '/',
    parameters,
    access(rules.instance, () => []),
    async (c) => {
      const fields = validate(c, projectCreation)
      const project = unwrapCreated(await createProject({ db: c.var.db, actor: c.var.actor, fields }))
      return c.json(presentProject(project, originOf(c)), 201)
    },
  )
  .get('/:id', access(rules.readProject, named), (c) => c.json(presentProject(found(c.var.found), originOf(c))))
  .put('/:id', parameters, access(rules.writeProject, named), async (c) => {
    const { db, actor } = c.var
    const saved = found(c.var.found)
    const fields = validate(c, projectEdition)
    const project = unwrapSaved(await editProject({ db, actor, fields }, saved))
    return c.json(presentProject(project, originOf(c)))
  })
  .delete('/:id', parameters, access(rules.instance, named), async (c) => {
    const { db, actor, projectId } = c.var
    await removeProject({ db, actor }, projectId)
    return c.json({ message: '202 Accepted' }, 202)
  })

function originOf(c: RequestContext): string {
  return c.req.url.replace(/^(https?:\/\/[^/]+).*/, '$1/')
}

/** @throws the error of a project that was not created */
function unwrapCreated(outcome: CreateOutcome): Project {
  switch (outcome.kind) {
    case 'created':
      return outcome.project
    case 'unnamed':
      throw errors.atLeastOne('name', 'path')
    case 'invalid':
      throw errors.model(outcome.fields)
  }
}

/** @throws the error of an edit that was not saved */
function unwrapSaved(outcome: EditOutcome): Project {
  switch (outcome.kind) {
    case 'saved':
      return outcome.project
    case 'invalid':
      throw errors.model(outcome.fields)
    case 'absent':
      throw errors.notFound('Project')
    case 'forbidden':
      throw errors.forbidden()
    case 'conflict':
      throw errors.unavailable()
  }
}

function found([rows]: readonly [readonly { project: Project }[]]): Project {
  const project = rows[0]?.project
  if (!project) throw errors.notFound('Project')
  return project
}
