import type { Context } from 'hono'
import { errors } from '../../errors.ts'
import { bodyReader } from '../../middleware/body.ts'

const readBytes = bodyReader(1024 * 1024)

/** @throws the 400 of a body that is no form, the 413 of one that is too large */
export async function readForm(c: Context): Promise<FormData> {
  const bytes = await readBytes(c)
  const headers = { 'Content-Type': c.req.header('Content-Type') ?? '' }
  return new Response(bytes, { headers }).formData().catch(() => {
    throw errors.unreadable('Invalid form format')
  })
}

/** Returns the text of a control, or the empty text if the form has none of that name. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}
