import type { Context } from 'hono'
import type { AppEnv, RequestContext } from '../env.ts'
import { namesTag } from './preconditions.ts'

interface Document {
  text: string
  etag: string
}

const kept = new Map<string, Document>()

/** Responds with JSON that only a deployment changes. An isolate builds it for its first request, and keeps it. */
export async function respondWithDocument(
  c: Context<AppEnv>,
  name: string,
  build: () => string | Promise<string>,
): Promise<Response> {
  const key = c.var.deployment.isDevelopment ? `${name}, in development` : name
  const { text, etag } = kept.get(key) ?? (await keep(key, build))
  const headers = { ETag: etag, 'Cache-Control': 'public, max-age=300' }
  if (namesTag(c.req.header('If-None-Match') ?? '', etag)) return c.body(null, 304, headers)
  return c.body(text, 200, { ...headers, 'Content-Type': 'application/json' })
}

async function keep(name: string, build: () => string | Promise<string>): Promise<Document> {
  const text = await build()
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const document = { text, etag: `"${new Uint8Array(digest, 0, 16).toHex()}"` }
  kept.set(name, document)
  return document
}

/** Reads what the build derived from the registry: neither how it is derived nor its texts need be in the bundle. */
export async function readAsset(c: RequestContext, name: 'openapi' | 'catalog'): Promise<string> {
  const path = `/${name}/${c.var.deployment.isDevelopment ? 'development' : 'production'}.json`
  const asset = await c.env.ASSETS.fetch(new URL(path, c.req.url))
  if (!asset.ok) throw new Error(`${path} is not among the assets`)
  return asset.text()
}
