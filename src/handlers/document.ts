import type { Context } from 'hono'
import type { AppEnv } from '../env.ts'
import { namesTag } from './preconditions.ts'

interface Document {
  text: string
  etag: string
}

const kept = new Map<string, Document>()

/** Answers JSON that only a deployment changes. It is built for the first request of an isolate, and kept for the others. */
export async function answerDocument(
  c: Context<AppEnv>,
  name: string,
  build: () => string | Promise<string>,
): Promise<Response> {
  const { text, etag } = kept.get(name) ?? (await keep(name, build))
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
