import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { errors } from '../errors.ts'
import { UnreadableError, unreadable } from '../parameters/fields.ts'

/**
 * Returns a reader of bodies up to a limit, above which it throws the 413. A connection that breaks off, or chunks that are
 * malformed, are the client's error: an UnreadableError.
 */
export function bodyReader(maxSize: number): (c: Context) => Promise<Uint8Array> {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw errors.tooLarge()
    },
  })
  return async (c) => {
    try {
      await limit(c, async () => {})
      return new Uint8Array(await c.req.arrayBuffer())
    } catch (error) {
      if (error instanceof HTTPException) throw error
      throw unreadable('body')
    }
  }
}

/** @throws UnreadableError for bytes that are no UTF-8, with the name of the format */
export function decodeUtf8(bytes: Uint8Array, format: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw unreadable(format)
  }
}

/** Runs a step that reads a request. @throws the 400 of what cannot be read, in place of its UnreadableError */
export async function rejectUnreadable<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof UnreadableError) throw errors.unreadable(error.message)
    throw error
  }
}
