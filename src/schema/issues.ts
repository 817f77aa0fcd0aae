import type * as z from 'zod'

/** Field → what is wrong with it, for people. Never a value. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>

/** Sorts the issues of a parse by the error that they make: values that are not of the field's type, and violations rules. */
export function sortIssues(issues: readonly z.core.$ZodIssue[]): {
  invalid: readonly string[]
  violations: FieldErrors
} {
  const invalid = new Set(issues.filter(({ code }) => code === 'invalid_type').map(fieldOf))
  const violations: Record<string, string[]> = {}
  for (const issue of issues) {
    const field = fieldOf(issue)
    if (!invalid.has(field)) violations[field] = [...(violations[field] ?? []), issue.message]
  }
  return { invalid: [...invalid], violations }
}

function fieldOf(issue: z.core.$ZodIssue): string {
  return String(issue.path[0])
}
