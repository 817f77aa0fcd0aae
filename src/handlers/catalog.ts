import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { readAsset, respondWithDocument } from './document.ts'
import { unknownService } from './unknown-service.ts'

/** The catalogue of services, for everyone: `/services`, and `/integrations` as GitLab calls them today. */
export const catalogHandler = new Hono<AppEnv>()
  .get('/', (c) => respondWithDocument(c, 'services', () => readAsset(c, 'catalog')))
  .get('/:slug{[^/.]+}', (c) => {
    const slug = c.req.param('slug')
    if (!c.var.deployment.services.find(slug)) throw unknownService(c, slug)
    return respondWithDocument(c, `service ${slug}`, () => readEntry(c, slug))
  })

async function readEntry(c: RequestContext, slug: string): Promise<string> {
  const entries = JSON.parse(await readAsset(c, 'catalog')) as { slug: string }[]
  return JSON.stringify(entries.find((entry) => entry.slug === slug))
}
