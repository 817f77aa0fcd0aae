import { type Context, Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { queryOnce } from '../middleware/query.ts'
import { auditQuery } from '../schema/audit.ts'
import { rules } from '../schema/rules.ts'
import { presentEntries } from '../settings/present-audit.ts'
import { listAllEntries, listEntries } from '../store/audit.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

const query = queryOnce(auditQuery)

/** Finds one entry more than the page has: then there is a next page. */
function selectionOf(c: RequestContext) {
  const { created_after: after = null, created_before: before = null, slug: subject = null } = query.peek(c)
  const { size, offset } = pageOf(c)
  return { filter: { after, before, subject }, limit: size + 1, offset }
}

const findOfProject = ({ project, c }: Lookup) => {
  const { filter, limit, offset } = selectionOf(c)
  return { entries: listEntries(project, filter, limit, offset) }
}

const findAll = ({ c }: Lookup) => {
  const { filter, limit, offset } = selectionOf(c)
  return { entries: listAllEntries(filter, limit, offset) }
}

/** The audit trail of a project: `/projects/:id/audit_events`. */
export const projectAuditHandler = new Hono<AppEnv>().get('/', access(rules.readAudit, findOfProject), (c) =>
  respond(c, c.var.rows.entries),
)

/** The audit trail of all projects, deleted ones too: `/audit_events`. */
export const auditHandler = new Hono<AppEnv>().get('/', access(rules.instance, findAll), (c) =>
  respond(c, c.var.rows.entries),
)

function respond(c: Context, entries: Parameters<typeof presentEntries>[0]) {
  query.read(c)
  const page = pageOf(c)
  setPageHeaders(c, auditQuery, page, entries.length > page.size, undefined)
  return c.json(presentEntries(entries.slice(0, page.size)))
}
