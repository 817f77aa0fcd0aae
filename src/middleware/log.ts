import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { AppEnv } from '../env.ts'
import type { Actor } from '../settings/actor.ts'

/**
 * One line a request. It names the route's pattern, never the path, the query, a header or a value: any of them may
 * hold a secret. Reading secrets back leaves no other trace, so the line says whose were read.
 */
export const log = createMiddleware<AppEnv>(async (c, next) => {
  const start = performance.now()
  await next()
  const line = {
    level: 'info',
    id: c.get('requestId'),
    method: c.req.method,
    route: routePath(c),
    status: c.res.status,
    ms: Math.round(performance.now() - start),
    trips: c.get('db')?.trips() ?? 0,
    ...callerOf(c.get('actor')),
    project: c.get('projectId'),
    secrets_read: c.get('secretsRead'),
  }
  console.log(JSON.stringify(line))
})

/** The kind distinguishes equal names: a tool may sign for a user called Instance. */
function callerOf(actor: Actor | undefined) {
  if (!actor) return {}
  return { caller: actor.kind, token: actor.tokenId, ...(actor.kind === 'signed' && { subject: actor.name }) }
}
