import { Hono } from 'hono'
import { timeout } from 'hono/timeout'
import { getPath } from 'hono/utils/url'
import type { AppEnv } from './env.ts'
import { errors, notFound, onError } from './errors.ts'
import { adminHandler } from './handlers/admin.ts'
import { applyHandler } from './handlers/apply.ts'
import { auditHandler, projectAuditHandler } from './handlers/audit.ts'
import { catalogHandler } from './handlers/catalog.ts'
import { commitStatusHandler } from './handlers/commit-status.ts'
import { consoleHandler } from './handlers/console/index.ts'
import { consoleLinksHandler } from './handlers/console-links.ts'
import { deliveriesHandler } from './handlers/deliveries.ts'
import { eventsHandler } from './handlers/events.ts'
import { healthHandler } from './handlers/health.ts'
import { instanceHandler, rootHandler, welcomeHandler } from './handlers/instance.ts'
import { openApiHandler } from './handlers/openapi.ts'
import { plansHandler } from './handlers/plans.ts'
import { projectsHandler } from './handlers/projects.ts'
import { serviceTestHandler } from './handlers/service-test.ts'
import { servicesHandler } from './handlers/services.ts'
import { slashCommandsHandler } from './handlers/slash-commands.ts'
import { tokensHandler } from './handlers/tokens.ts'
import { caching } from './middleware/caching.ts'
import { deployment } from './middleware/deployment.ts'
import { keyRing } from './middleware/key-ring.ts'
import { log } from './middleware/log.ts'
import { responseHeaders } from './middleware/response-headers.ts'
import { preference } from './middleware/unknown.ts'

const LONGEST_MS = 30_000

/** Both names of one resource (docs/rules.md#serving). */
const settings = new Hono<AppEnv>()
  .route('/projects/:id/services', plansHandler)
  .route('/projects/:id/services', servicesHandler)
  .route('/projects/:id/services', slashCommandsHandler)
  .route('/projects/:id/integrations', plansHandler)
  .route('/projects/:id/integrations', servicesHandler)
  .route('/projects/:id/integrations', slashCommandsHandler)

const api = new Hono<AppEnv>()
  .route('/', welcomeHandler)
  .route('/', instanceHandler)
  .route('/services', catalogHandler)
  .route('/services', applyHandler)
  .route('/integrations', catalogHandler)
  .route('/integrations', applyHandler)
  .route('/openapi.json', openApiHandler)
  .route('/admin', adminHandler)
  .route('/audit_events', auditHandler)
  .route('/projects', projectsHandler)
  .route('/projects/:id/audit_events', projectAuditHandler)
  .route('/projects/:id/access_tokens', tokensHandler)
  .route('/projects/:id/console_links', consoleLinksHandler)
  .route('/projects/:id/events', eventsHandler)
  .route('/projects/:id/deliveries', deliveriesHandler)
  .route('/projects/:id/services', commitStatusHandler)
  .route('/projects/:id/integrations', commitStatusHandler)
  .route('/projects/:id/services', serviceTestHandler)
  .route('/projects/:id/integrations', serviceTestHandler)
  .route('/', settings)

/** Clients whose base URL ends in a slash send two; a slash at the end means nothing either. */
function pathOf(request: Request): string {
  const path = getPath(request).split('/').filter(Boolean).join('/')
  return `/${path}`
}

/**
 * The console, whose responses are pages, and the whole API. GitLab's document prints its routes without `/api/v4`, so they
 * are served at the bare path too.
 */
export const app = new Hono<AppEnv>({ getPath: pathOf })
  .route('/console', consoleHandler)
  .use(responseHeaders)
  .use(log)
  .use(deployment)
  .use(preference)
  .use(caching)
  .use(timeout(LONGEST_MS, errors.unavailable))
  .route('/', healthHandler)
  .use(keyRing)
  .route('/api/v4', api)
  .route('/', rootHandler)
  .route('/', settings)
  .notFound(notFound)
  .onError(onError)
