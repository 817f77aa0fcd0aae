import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { rules } from '../middleware/rules.ts'
import { rejectQuery } from '../middleware/validation.ts'
import { auditQuery } from '../schema/audit.ts'
import { presentEntries } from '../settings/present-audit.ts'
import { listAllEntries, listEntries } from '../store/audit.ts'
import { pageOf, setPageHeaders } from './pagination.ts'

function asked({ c }: { c: RequestContext }) {
  const {
    created_after: after = null,
    created_before: before = null,
    slug = null,
  } = auditQuery.safeParse(c.req.query()).data ?? {}
  const { size, offset } = pageOf(c)
  return { filter: { after, before, subject: slug }, limit: size + 1, offset }
}

const findOfProject = ({ project, c }: Lookup) => {
  const { filter, limit, offset } = asked({ c })
  return { entries: listEntries(project, filter, limit, offset) }
}

const findAll = ({ c }: Lookup) => {
  const { filter, limit, offset } = asked({ c })
  return { entries: listAllEntries(filter, limit, offset) }
}

/** Who changed what in a project: `/projects/:id/audit_events`. */
export const projectAuditHandler = new Hono<AppEnv>().get(
  '/',
  access(rules.readAudit, findOfProject),
  zValidator('query', auditQuery, rejectQuery),
  (c) => {
    const { entries } = c.var.rows
    const page = pageOf(c)
    setPageHeaders(c, page, entries.length > page.size, undefined)
    return c.json(presentEntries(entries.slice(0, page.size)))
  },
)

/** Who changed what in any project, deleted ones too: `/audit_events`. */
export const auditHandler = new Hono<AppEnv>().get(
  '/',
  access(rules.instance, findAll),
  zValidator('query', auditQuery, rejectQuery),
  (c) => {
    const { entries } = c.var.rows
    const page = pageOf(c)
    setPageHeaders(c, page, entries.length > page.size, undefined)
    return c.json(presentEntries(entries.slice(0, page.size)))
  },
)
