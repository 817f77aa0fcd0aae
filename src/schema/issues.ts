import type * as z from 'zod'

/** Field → what is wrong with it, for people. Never a value. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>

/** Field → the values that it may have. */
export type Choices = Readonly<Record<string, readonly unknown[]>>

export interface SortedIssues {
  /** Fields whose value is not of their type. */
  invalid: readonly string[]
  /** Rules that values violate. */
  violations: FieldErrors
  /** The choices of fields that have another value. */
  allowed: Choices
}

/** Sorts the issues of a parse by the error response that they lead to. A text that many entries share is kept once. */
export function sortIssues(issues: readonly z.core.$ZodIssue[]): SortedIssues {
  const invalid = new Set(issues.filter(({ code }) => code === 'invalid_type').map(fieldOf))
  const texts = new Map<string, Set<string>>()
  const allowed = new Map<string, readonly unknown[]>()
  for (const issue of issues) {
    const field = fieldOf(issue)
    if (invalid.has(field)) continue
    texts.set(field, (texts.get(field) ?? new Set()).add(issue.message))
    if (issue.code === 'invalid_value') allowed.set(field, issue.values)
  }
  const violations = [...texts].map(([field, set]) => [field, [...set]] as const)
  return { invalid: [...invalid], violations: Object.fromEntries(violations), allowed: Object.fromEntries(allowed) }
}

/** Gives each field the same text. */
export function withText(fields: readonly string[], text: string): Record<string, string[]> {
  return Object.fromEntries(fields.map((field) => [field, [text]]))
}

function fieldOf(issue: z.core.$ZodIssue): string {
  return String(issue.path[0])
}
