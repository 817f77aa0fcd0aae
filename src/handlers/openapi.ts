import { Hono } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { answerDocument } from './document.ts'
import { isDevelopment } from './services.ts'

/** The API, described for programs: `/openapi.json`. The build derives it, so that the Worker need not carry how. */
export const openApiHandler = new Hono<AppEnv>().get('/', (c) => {
  const name = `openapi/${isDevelopment(c) ? 'development' : 'production'}.json`
  return answerDocument(c, name, () => readAsset(c, name))
})

async function readAsset(c: RequestContext, name: string): Promise<string> {
  const asset = await c.env.ASSETS.fetch(new URL(`/${name}`, c.req.url))
  if (!asset.ok) throw new Error(`${name} is not among the assets`)
  return asset.text()
}
