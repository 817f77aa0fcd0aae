import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { access } from '../middleware/access.ts'
import { sealLink } from '../middleware/console-link.ts'
import { parameters } from '../middleware/parameters.ts'
import { validate } from '../middleware/validation.ts'
import { consoleLinkCreation, DEFAULT_SECONDS } from '../schema/console-link.ts'
import { MAINTAINER } from '../schema/roles.ts'
import { rules } from '../schema/rules.ts'
import { entryOf } from '../settings/actor.ts'
import { timestamp } from '../settings/present.ts'
import { insertLoneEntry } from '../store/audit.ts'
import { retryTransient } from '../store/database.ts'
import { publicUrl } from './public-url.ts'

/** Links that open the console for a user of the tool: `/projects/:id/console_links`. */
export const consoleLinksHandler = new Hono<AppEnv>().post(
  '/',
  parameters,
  access(rules.instance, () => ({})),
  async (c) => {
    const { db, actor, projectId } = c.var
    const { name, scopes, access_level, expires_in } = validate(c, consoleLinkCreation, { isOwn: true })
    const now = Date.now()
    const expiresAt = now + (expires_in ?? DEFAULT_SECONDS) * 1000
    const role = access_level ?? MAINTAINER
    const rights = { subject: name, project: projectId, role, scopes, issuedAt: now, expiresAt }
    const id = crypto.randomUUID()
    const entry = entryOf(actor, {
      projectId,
      action: 'link.created',
      subject: id,
      changes: Object.entries({ name, scopes, access_level: role }).map(([field, to]) => ({ field, to })),
      writeId: crypto.randomUUID(),
      createdAt: now,
    })
    const [written] = await retryTransient(() => db.batch([insertLoneEntry(entry)] as const))
    if (written.length === 0) throw errors.notFound('Project')
    c.set('isSecret', true)
    const url = new URL('./console/enter', publicUrl(c))
    url.hash = await sealLink(c, { id, rights })
    return c.json({ url: url.href, expires_at: timestamp(expiresAt) }, 201)
  },
)
