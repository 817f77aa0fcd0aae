import { Hono } from 'hono'
import type { AppEnv } from './env.ts'
import { notFound, onError } from './errors.ts'
import { healthHandler } from './handlers/health.ts'
import { instanceHandler } from './handlers/instance.ts'
import { projectsHandler } from './handlers/projects.ts'
import { servicesHandler } from './handlers/services.ts'
import { tokensHandler } from './handlers/tokens.ts'
import { crossOrigin } from './middleware/cross-origin.ts'
import { keyRing } from './middleware/key-ring.ts'
import { requestId } from './middleware/request-id.ts'

/** Both names of one resource (decisions 2). */
const settings = new Hono<AppEnv>()
  .route('/projects/:id/services', servicesHandler)
  .route('/projects/:id/integrations', servicesHandler)

const api = new Hono<AppEnv>()
  .route('/', instanceHandler)
  .route('/projects', projectsHandler)
  .route('/projects/:id/access_tokens', tokensHandler)
  .route('/', settings)

/** The whole API. The document prints its routes without `/api/v4`, so they answer at the bare path too. */
export const app = new Hono<AppEnv>({ strict: false })
  .use(requestId)
  .use(crossOrigin)
  .route('/', healthHandler)
  .use(keyRing)
  .route('/api/v4', api)
  .route('/', settings)
  .get('/', (c) => c.redirect('/api/v4/'))
  .notFound(notFound)
  .onError(onError)
