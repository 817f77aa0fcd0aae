import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { AppEnv } from './env.ts'
import { notFound, onError } from './errors.ts'
import { healthHandler } from './handlers/health.ts'
import { instanceHandler } from './handlers/instance.ts'
import { projectsHandler } from './handlers/projects.ts'
import { servicesHandler } from './handlers/services.ts'
import { tokensHandler } from './handlers/tokens.ts'
import { keyRing } from './middleware/key-ring.ts'
import { requestId } from './middleware/request-id.ts'

const CORS = {
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'PRIVATE-TOKEN',
    'Authorization',
    'Content-Type',
    'If-Match',
    'If-None-Match',
    'If-Unmodified-Since',
    'X-D1-Bookmark',
  ],
  exposeHeaders: [
    'ETag',
    'Link',
    'Retry-After',
    'X-Request-Id',
    'X-Ignored-Parameters',
    'X-D1-Bookmark',
    'X-Total',
    'X-Total-Pages',
    'X-Page',
    'X-Per-Page',
    'X-Next-Page',
    'X-Prev-Page',
  ],
  maxAge: 600,
}

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
  .use(cors(CORS))
  .route('/', healthHandler)
  .use(keyRing)
  .route('/api/v4', api)
  .route('/', settings)
  .get('/', (c) => c.redirect('/api/v4/'))
  .notFound(notFound)
  .onError(onError)
