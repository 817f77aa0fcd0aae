import { zValidator } from '@hono/zod-validator'
import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { type Asked, access } from '../middleware/access.ts'
import { rules } from '../middleware/rules.ts'
import { rejectQuery } from '../middleware/validation.ts'
import { auditQuery } from '../schema/audit.ts'
import type { AuditEntry } from '../schema/tables.ts'
import { timestamp } from '../settings/present.ts'
import { listAllEntries, listEntries } from '../store/audit.ts'
import { findProject } from '../store/projects.ts'
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

const ofProject = ({ project, c }: Asked) => {
  const { filter, limit, offset } = asked({ c })
  return [findProject(project), listEntries(project, filter, limit, offset)] as const
}

const ofAll = ({ c }: Asked) => {
  const { filter, limit, offset } = asked({ c })
  return [listAllEntries(filter, limit, offset)] as const
}

/** Who changed what in a project: `/projects/:id/audit_events`. */
export const projectAuditHandler = new Hono<AppEnv>().get(
  '/',
  access(rules.readAudit, ofProject),
  zValidator('query', auditQuery, rejectQuery),
  (c) => {
    const [, entries] = c.get('found')
    const page = pageOf(c)
    setPageHeaders(c, page, entries.length > page.size, undefined)
    return c.json(entries.slice(0, page.size).map(present))
  },
)

/** Who changed what in any project, deleted ones too: `/audit_events`. */
export const auditHandler = new Hono<AppEnv>().get(
  '/',
  access(rules.instance, ofAll),
  zValidator('query', auditQuery, rejectQuery),
  (c) => {
    const [entries] = c.get('found')
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
