import { shownNames } from '../parameters/names.ts'
import { type Choices, type FieldErrors, sortIssues } from '../schema/issues.ts'
import type { Service, Values } from '../schema/service.ts'

/** A request for one service's settings, as far as it can be understood without knowing what is saved. */
export interface ParsedRequest {
  /** The parameters that could be read: omitted ones stay out, `null` clears. */
  values: Values
  /** Every known name that was sent, readable or not. */
  names: ReadonlySet<string>
  /** Names whose value is not of the parameter's type. */
  invalid: readonly string[]
  /** Rules that a value breaks by itself. */
  violations: FieldErrors
  /** The choices of parameters that have another value. */
  allowed: Choices
  /** Names that the service does not have, as far as they may be shown. */
  ignored: readonly string[]
  /** Such names of a strict request, which rejects them. */
  unknown: readonly string[]
}

export function parse(
  service: Service,
  parameters: Readonly<Record<string, unknown>>,
  { isStrict = false } = {},
): ParsedRequest {
  const isKnown = (name: string) => Object.hasOwn(service.request.shape, name)
  const known = Object.keys(parameters).filter(isKnown)
  const others = shownNames(Object.keys(parameters).filter((name) => !isKnown(name)))
  const result = service.request.safeParse(parameters)
  const { invalid, violations, allowed } = sortIssues(result.error?.issues ?? [])
  const isReadable = (name: string) => !invalid.includes(name) && !Object.hasOwn(violations, name)
  const readable = Object.fromEntries(known.filter(isReadable).map((name) => [name, parameters[name]]))
  const values = result.success ? result.data : service.request.parse(readable)
  return {
    values: values as Values,
    names: new Set(known),
    invalid,
    violations,
    allowed,
    ignored: isStrict ? [] : others,
    unknown: isStrict ? others : [],
  }
}
