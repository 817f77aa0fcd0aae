import type { Context } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { splitName, UNUSABLE, unreadable } from '../parameters/fields.ts'
import { shownNames } from '../parameters/names.ts'
import { type SortedIssues, sortIssues, withText } from '../schema/issues.ts'
import { isStrict } from './unknown.ts'

type QueryContext = Pick<Context<AppEnv>, 'req'>

interface ParsedQuery<T> {
  /** The parameters that are valid, and the defaults of the others. */
  valid: T
  issues: SortedIssues | undefined
  unknown: readonly string[]
  /** False if a name cannot be one of a parameter (docs/rules.md#bodies). */
  isReadable: boolean
}

/**
 * Parses the query of a request once, for all who read it. `access` chooses its statements by the query before it decides
 * who may go on, and 401, 403 and 404 come before 400: so `peek` accepts what `read` rejects. Each field of the schema
 * needs a default, or is optional.
 */
export function queryOnce<T extends z.ZodObject>(schema: T) {
  const parsed = new WeakMap<QueryContext['req'], ParsedQuery<z.output<T>>>()

  function parse({ req }: QueryContext): ParsedQuery<z.output<T>> {
    const known = parsed.get(req)
    if (known) return known
    const result = parseQuery(schema, req.queries())
    parsed.set(req, result)
    return result
  }

  return {
    peek: (c: QueryContext): z.output<T> => parse(c).valid,
    /** @throws the 400 of a name that cannot be one, of what is invalid, and of what is unknown if the caller prefers that */
    read(c: QueryContext): z.output<T> {
      const { valid, issues, unknown, isReadable } = parse(c)
      if (!isReadable) throw errors.unreadable(unreadable('query').message)
      const rejected = withText(isStrict(c) ? shownNames(unknown) : [], 'is unknown')
      const invalid = withText([...(issues?.invalid ?? []), ...Object.keys(issues?.violations ?? {})], 'is invalid')
      const fields = { ...rejected, ...invalid }
      if (Object.keys(fields).length > 0) throw errors.parameters(fields, issues?.allowed)
      return valid
    },
  }
}

/** No parameter of a query accepts a list: a name that is there twice, or has brackets, is invalid. */
function parseQuery<T extends z.ZodObject>(schema: T, queries: Record<string, string[]>): ParsedQuery<z.output<T>> {
  const named = Object.entries(queries).map(([key, values]) => ({ ...splitName(key), values }))
  const sent = named.flatMap(({ name, brackets, values }) => {
    const isValue = brackets === '' && values.length === 1
    return name === undefined ? [] : [[name, isValue ? values[0] : UNUSABLE] as const]
  })
  const unknown = sent.map(([name]) => name).filter((name) => !Object.hasOwn(schema.shape, name))
  const found = { unknown, isReadable: sent.length === named.length }
  const result = schema.safeParse(Object.fromEntries(sent))
  if (result.success) return { valid: result.data, issues: undefined, ...found }
  const issues = sortIssues(result.error.issues)
  const isValid = (name: string) => !issues.invalid.includes(name) && !Object.hasOwn(issues.violations, name)
  const valid = schema.parse(Object.fromEntries(sent.filter(([name]) => isValid(name))))
  return { valid, issues, ...found }
}
