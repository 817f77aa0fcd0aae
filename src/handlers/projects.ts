import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { keyOf } from '../middleware/caller.ts'
import { parameters } from '../middleware/parameters.ts'
import { queryOnce } from '../middleware/query.ts'
import { validate } from '../middleware/validation.ts'
import { type CreateOutcome, createProject } from '../projects/create.ts'
import { type EditOutcome, editProject } from '../projects/edit.ts'
import { presentProject } from '../projects/present.ts'
import { removeProject } from '../projects/remove.ts'
import { noParameters } from '../schema/no-parameters.ts'
import { projectCreation, projectEdition, projectQuery } from '../schema/project.ts'
import { rules } from '../schema/rules.ts'
import type { Project } from '../schema/tables.ts'
import { COUNT_LIMIT, countProjects, findProject, listProjects } from '../store/projects.ts'
import { pageOf, setPageHeaders } from './pagination.ts'
import { publicUrl } from './public-url.ts'

const query = queryOnce(projectQuery)

const findList = ({ caller, c }: Lookup) => {
  const filter = { search: query.peek(c).search, of: keyOf(caller) }
  const { size, offset } = pageOf(c)
  return { projects: listProjects(filter, size + 1, offset), counts: countProjects(filter) }
}

const findOne = ({ project }: Lookup) => ({ project: findProject(project) })

/** The part of GitLab's project API that services need: `/projects`. */
export const projectsHandler = new Hono<AppEnv>()
  .get('/', access(rules.readProject, findList), (c) => {
    query.read(c)
    const {
      projects: rows,
      counts: [count],
    } = c.var.rows
    const page = pageOf(c)
    const total = count && count.total <= COUNT_LIMIT ? count.total : undefined
    setPageHeaders(c, projectQuery, page, rows.length > page.size, total)
    return c.json(rows.slice(0, page.size).map((project) => presentProject(project, publicUrl(c))))
  })
  .post(
    '/',
    parameters,
    access(rules.instance, () => ({})),
    async (c) => {
      const fields = validate(c, projectCreation)
      const project = unwrapCreated(await createProject({ db: c.var.db, actor: c.var.actor, fields }))
      return c.json(presentProject(project, publicUrl(c)), 201)
    },
  )
  .get('/:id', access(rules.readProject, findOne), (c) =>
    c.json(presentProject(unwrapProject(c.var.rows), publicUrl(c))),
  )
  .put('/:id', parameters, access(rules.writeProject, findOne), async (c) => {
    const { db, actor } = c.var
    const saved = unwrapProject(c.var.rows)
    const fields = validate(c, projectEdition)
    const project = unwrapSaved(await editProject({ db, actor, fields }, saved))
    return c.json(presentProject(project, publicUrl(c)))
  })
  .delete('/:id', parameters, access(rules.instance, findOne), async (c) => {
    validate(c, noParameters)
    const { db, actor, projectId } = c.var
    await removeProject({ db, actor }, projectId)
    return c.json({ message: '202 Accepted' }, 202)
  })

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

function unwrapProject({ project }: { project: Project | null }): Project {
  if (!project) throw errors.notFound('Project')
  return project
}
