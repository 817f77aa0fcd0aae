import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv, RequestContext } from '../../env.ts'

/** The files that every page loads. Browsers keep them for good, under an address that changes when they do. */
const FILES = ['/console/console.css', '/console/console.js']

/** A failure is not kept: an isolate would respond with it for good. */
let known: string | undefined

export const assetVersion = createMiddleware<AppEnv>(async (c, next) => {
  known ??= await readVersion(c)
  c.set('assetVersion', known)
  await next()
})

async function readVersion({ env, req }: RequestContext): Promise<string> {
  const assets = await Promise.all(FILES.map((path) => env.ASSETS.fetch(new URL(path, req.url), { method: 'HEAD' })))
  const tags = assets.map(({ headers }) => headers.get('ETag')?.replaceAll(/\W/g, '').slice(0, 8))
  return tags.join('-')
}

/**
 * The colour of a tool, as a stylesheet: the policy of pages allows no inline style. Its lightness is bounded, so that text
 * in it can be read on our backgrounds.
 */
export const accentPages = new Hono<AppEnv>().get('/accent/:colour{[0-9a-fA-F]{6}}', (c) => {
  const bounded = (lightness: string) => `oklch(from #${c.req.param('colour')} ${lightness} c h)`
  const accent = `light-dark(${bounded('min(l, 0.45)')}, ${bounded('max(l, 0.8)')})`
  const headers = { 'Content-Type': 'text/css', 'Cache-Control': 'public, max-age=86400' }
  return c.body(`:root { --accent: ${accent}; --solid: ${accent}; }`, 200, headers)
})
