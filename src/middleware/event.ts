import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { unreadable } from '../parameters/fields.ts'
import { kindOf, type Occurrence, toOccurrence } from '../schema/payload.ts'
import { isRecord } from '../schema/record.ts'
import { bodyReader, decodeUtf8, rejectUnreadable } from './body.ts'
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

const readBytes = bodyReader(MAX_BYTES)

/**
 * Reads an event: a JSON object, whatever content type it is sent with. The parameters are those of the query, for the
 * body is the sender's.
 */
export const event = createMiddleware<EventEnv>(async (c, next) => {
  await countRejections(c, async () => {
    c.set('event', await rejectUnreadable(() => readEvent(c)))
    c.set('parameters', await readFields(c, () => ({})))
  })
  await next()
})

async function readEvent(c: Context<EventEnv>): Promise<PostedEvent> {
  const text = decodeUtf8(await readBytes(c), 'JSON')
  const body = parseObject(text)
  const header = c.req.header('X-Gitlab-Event')
  return { kind: kindOf(body, header), occurrence: toOccurrence(body, text, header) }
}

/** @throws UnreadableError for what is no JSON object */
function parseObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text)
    if (isRecord(body)) return body
  } catch {
    // Rejected below, as JSON of another type is.
  }
  throw unreadable('JSON')
}
