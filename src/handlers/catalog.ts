import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { describeService } from '../schema/catalog.ts'
import { findService, knownServices } from '../services/registry.ts'
import { answerDocument } from './document.ts'
import { isDevelopment, unknownService } from './services.ts'

/** What there is to set up, for everyone: `/services`, and `/integrations` as GitLab calls them today. */
export const catalogHandler = new Hono<AppEnv>()
  .get('/', (c) => {
    const name = `services${isDevelopment(c) ? ', in development' : ''}`
    return answerDocument(c, name, () => JSON.stringify(knownServices(isDevelopment(c)).map(describeService)))
  })
  .get('/:slug{[^/.]+}', (c) => {
    const slug = c.req.param('slug')
    const service = findService(slug, isDevelopment(c))
    if (!service) throw unknownService(c, slug)
    return answerDocument(c, `service ${slug}`, () => JSON.stringify(describeService(service)))
  })
