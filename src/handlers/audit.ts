import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { rules } from '../middleware/rules.ts'
import { rejectQuery } from '../middleware/validation.ts'
import { auditQuery } from '../schema/audit.ts'
import type { AuditEntry } from '../schema/tables.ts'
import { timestamp } from '../settings/present.ts'
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
    return c.json(entries.slice(0, page.size).map(present))
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
    return c.json(entries.slice(0, page.size).map(present))
  },
)

/** GitLab's shape of an audit event. Secrets have a name in `changes`, and no value. */
function present(entry: AuditEntry) {
  const { actorId, actorName, action, subject } = entry
  return {
    id: entry.id,
    author_id: actorId ?? 0,
    entity_id: entry.projectId,
    entity_type: 'Project',
    event_name: action,
    details: {
      author_name: actorName,
      target_type: action.split('.', 1)[0],
      target_id: subject,
      target_details: subject,
      ip_address: entry.address,
      request_id: entry.requestId,
      changes: entry.changes,
    },
    created_at: timestamp(entry.createdAt),
  }
}
