import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { kindOf, type Occurrence, toOccurrence } from '../schema/payload.ts'
import { readFields } from './parameters.ts'
import { countRejections } from './rate-limit.ts'

/** Larger events are refused: GitLab itself stops at 25 MB, and a Worker has 128 MB for everything. */
const MAX_BYTES = 8 * 1024 * 1024

export interface PostedEvent {
  /** Undefined if neither the body nor the header says. */
  kind: string | undefined
  /** Undefined if no service acts on the kind. */
  occurrence: Occurrence | undefined
}

type EventEnv = AppEnv & { Variables: { event: PostedEvent } }

const limit = bodyLimit({
  maxSize: MAX_BYTES,
  onError: () => {
    throw errors.tooLarge()
  },
})

/**
 * Reads an event: a JSON object, whatever content type it is sent with. The parameters are those of the query, for the
 * body is the sender's.
 */
export const event = createMiddleware<EventEnv>(async (c, next) => {
  await countRejections(c, async () => {
    await limit(c, async () => {})
    c.set('event', await readEvent(c))
    c.set('parameters', await readFields(c, () => ({})))
  })
  await next()
})

async function readEvent(c: Context<EventEnv>): Promise<PostedEvent> {
  const text = decode(await c.req.arrayBuffer())
  const body = parseObject(text)
  const header = c.req.header('X-Gitlab-Event')
  return { kind: kindOf(body, header), occurrence: toOccurrence(body, text, header) }
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw errors.unreadable('Invalid JSON format')
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  } catch {
    // Told apart from other bodies below.
  }
  throw errors.unreadable('Invalid JSON format')
}
