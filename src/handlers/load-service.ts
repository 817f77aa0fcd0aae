import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import type { Service } from '../schema/service.ts'
import { unknownService } from './unknown-service.ts'

/** The service that the path names: spoken of only to those who may use it. */
export const loadService = createMiddleware<AppEnv & { Variables: { service: Service } }>(async (c, next) => {
  const slug = c.req.param('slug') ?? ''
  const found = c.var.deployment.services.find(slug)
  if (!found) throw unknownService(c, slug)
  c.set('service', found)
  await next()
})
