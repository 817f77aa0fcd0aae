import { HTTPException } from 'hono/http-exception'
import type { FieldErrors } from '../../schema/issues.ts'

/**
 * Returns what the API would say is wrong, by field, so that a page can say it beside the field.
 * @throws any other error as it is
 */
export async function fieldErrorsOf(error: unknown): Promise<FieldErrors> {
  if (!(error instanceof HTTPException) || error.status !== 400) throw error
  const { errors, message } = (await error.getResponse().json()) as { errors?: FieldErrors; message?: unknown }
  if (errors) return errors
  // In the shape of GitLab's models, the message is the fields themselves; a text is of no field.
  return typeof message === 'object' && message ? (message as FieldErrors) : { name: [String(message)] }
}
