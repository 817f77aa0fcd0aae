import { Hono } from 'hono'
import { Audit } from '../../console/audit.tsx'
import type { AppEnv, RequestContext } from '../../env.ts'
import { access, type Lookup } from '../../middleware/access.ts'
import { rules } from '../../schema/rules.ts'
import type { AuditEntry, Project } from '../../schema/tables.ts'
import { listAllEntries, listEntries } from '../../store/audit.ts'
import { findProject } from '../../store/projects.ts'
import { pageOf } from '../pagination.ts'
import { catalogueOf } from './catalogue.ts'
import { placeOf, respond } from './place.ts'

const slugOf = (c: RequestContext) => c.req.query('slug') ?? ''

const findOfProject = ({ project, c }: Lookup) => {
  const { size, offset } = pageOf(c)
  const filter = { subject: slugOf(c) || null, after: null, before: null }
  return { project: findProject(project), entries: listEntries(project, filter, size + 1, offset) }
}

const findAll = ({ c }: Lookup) => {
  const { size, offset } = pageOf(c)
  return { entries: listAllEntries({ after: null, before: null }, size + 1, offset) }
}

/** The audit trail of a project, and of all of them. */
export const auditPages = new Hono<AppEnv>()
  .get('/projects/:id/audit', access(rules.readAudit, findOfProject), async (c) =>
    respond(c, await page(c, c.var.rows)),
  )
  .get('/audit', access(rules.instance, findAll), async (c) =>
    respond(c, await page(c, { ...c.var.rows, project: null })),
  )

interface Trail {
  project: Project | null
  entries: readonly AuditEntry[]
}

async function page(c: RequestContext, { project, entries }: Trail) {
  const { number, size } = pageOf(c)
  return Audit({
    place: placeOf(c, project),
    catalogue: await catalogueOf(c),
    entries: entries.slice(0, size),
    slug: slugOf(c),
    page: { number, hasNext: entries.length > size },
    now: Date.now(),
  })
}
