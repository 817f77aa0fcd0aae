import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { readDeployment } from '../services/deployment.ts'

export const deployment = createMiddleware<AppEnv>(async (c, next) => {
  c.set('deployment', readDeployment(c.env))
  await next()
})
