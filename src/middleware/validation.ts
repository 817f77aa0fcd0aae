import type * as z from 'zod'
import { errors } from '../errors.ts'
import { sortIssues } from '../schema/issues.ts'

/** The hook of every `zValidator`: throws our error for a query that does not fit. */
export function rejectQuery(result: { success: boolean; error?: z.core.$ZodError }): void {
  if (result.error)
    throw errors.parameters(
      withText(
        result.error.issues.map((issue) => String(issue.path[0])),
        'is invalid',
      ),
    )
}

/**
 * Parses a body whose fields do not depend on a service.
 * @throws the 400 of missing and ill-typed fields, all of them at once, else that of violations rules
 */
export function validate<T extends z.ZodObject>(schema: T, sent: Readonly<Record<string, unknown>>): z.output<T> {
  const result = schema.safeParse(sent)
  if (result.success) return result.data
  const { invalid, violations } = sortIssues(result.error.issues)
  if (invalid.length === 0) throw errors.rules(violations)
  const isMissing = (name: string) => !Object.hasOwn(sent, name)
  throw errors.parameters({
    ...withText(invalid.filter(isMissing), 'is missing'),
    ...withText(
      invalid.filter((name) => !isMissing(name)),
      'is invalid',
    ),
  })
}

function withText(names: readonly string[], text: string): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, [text]]))
}
