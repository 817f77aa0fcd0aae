import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import type { Service } from '../schema/service.ts'
import { unknownService } from './unknown-service.ts'

/** Loads the service of the path. Runs after `access`, so that a 404 shows no slugs to callers without rights. */
export const loadService = createMiddleware<AppEnv & { Variables: { service: Service } }>(async (c, next) => {
  const slug = c.req.param('slug') ?? ''
  const found = c.var.deployment.services.find(slug)
  if (!found) throw unknownService(c, slug)
  c.set('service', found)
  await next()
})
