import { flag } from '../schema/field.ts'
import { isRecord } from '../schema/record.ts'
import { DRY_RUN } from './controls.ts'

/** Values of a request, by the name of the parameter. */
export type Fields = Record<string, unknown>

/** A body or a query that cannot be read. The message is written for the caller and holds nothing of what was sent. */
export class UnreadableError extends Error {}

/** The value of a parameter whose brackets make it no value, or of a file: no field accepts it. */
export const UNUSABLE = Symbol('unusable value')

/** Of lists and plans together: far more than any client sends. */
export const MAX_VALUES = 10_000
/** No parameter is more than a list. */
const MAX_DEPTH = 10
const MAX_NAMES = 100

/** A name, then brackets. What is not of this form may be a value, or a body that is no form: it is never repeated. */
const NAME = /^([A-Za-z0-9_.-]{1,64})((?:\[[^[\]]*\])*)$/
const LIST_ENTRY = /^\[(\d*)\]$/

type Entry = readonly [name: string, value: unknown]
type Part = { brackets: string; value: unknown }

/** Returns the parts of a parameter's name; undefined if it cannot be one. */
export function splitName(key: string): { name: string; brackets: string } | undefined {
  const [, name, brackets = ''] = NAME.exec(key) ?? []
  return name === undefined ? undefined : { name, brackets }
}

export function unreadable(format: string, line?: number): UnreadableError {
  return new UnreadableError(`Invalid ${format} format${line === undefined ? '' : `: line ${line}`}`)
}

/**
 * Returns the parameters among names and values: the last of equal names wins, as in GitLab, and `name[]` and `name[0]`
 * are entries of a list. Records are read the same way down to `depth`, for parameters that hold parameters.
 * @throws UnreadableError if a name cannot be one
 */
export function toFields(entries: Iterable<Entry>, format: string, depth = 1): Fields {
  const parts = new Map<string, Part[]>()
  for (const [key, value] of entries) {
    const parsed = splitName(key)
    if (!parsed) throw unreadable(format)
    const { name, brackets } = parsed
    const part = {
      brackets,
      value: depth > 1 && isRecord(value) ? toFields(Object.entries(value), format, depth - 1) : value,
    }
    const same = parts.get(name)
    if (same) same.push(part)
    else parts.set(name, [part])
  }
  return Object.fromEntries([...parts].map(([name, same]) => [name, toValue(name, same)]))
}

function toValue(name: string, parts: readonly Part[]): unknown {
  if (parts.every(({ brackets }) => brackets === '')) {
    return parts.map(({ value }) => value).reduce((one, other) => combine(name, one, other))
  }
  const entries = parts.map(({ brackets, value }) => ({ index: LIST_ENTRY.exec(brackets)?.[1], value }))
  if (entries.some(({ index }) => index === undefined)) return UNUSABLE
  return toList(entries)
}

/** Entries with an index come first, in its order; the last of equal ones wins. */
function toList(entries: readonly { index: string | undefined; value: unknown }[]): unknown[] {
  const [loose, indexed] = [entries.filter(({ index }) => !index), entries.filter(({ index }) => index)]
  const byIndex = new Map(indexed.map(({ index, value }) => [Number(index), value]))
  const inOrder = [...byIndex].sort(([one], [other]) => one - other)
  return [...inOrder.map(([, value]) => value), ...loose.map(({ value }) => value)]
}

/** Lays the body over the query. */
export function mergeFields(query: Fields, body: Fields): Fields {
  const both = Object.entries(body).map(([name, value]) => [
    name,
    Object.hasOwn(query, name) ? combine(name, query[name], value) : value,
  ])
  return { ...query, ...Object.fromEntries(both) }
}

/** The later of two values of one name wins, but for a dry run: whoever asks for it anywhere must not write. */
function combine(name: string, earlier: unknown, later: unknown): unknown {
  return name === DRY_RUN && readDryRun(earlier) !== false ? earlier : later
}

const DRY_RUN_FLAG = flag('A dry run')

/** Returns undefined for what is no Boolean, so that it is refused and not taken for `false`. */
function readDryRun(value: unknown): boolean | undefined {
  return DRY_RUN_FLAG.safeParse(value).data
}

/**
 * Bounds how much a request holds. Counts stop at the bound: aliases of YAML can make a little text hold more values
 * than could be counted, so empty lists and records count as well.
 * @throws UnreadableError if there are too many names or values, or they are nested too deeply
 */
export function checkExtent(fields: Fields): void {
  if (Object.keys(fields).length > MAX_NAMES) throw new UnreadableError('Too many parameters')
  let values = 0
  const visit = (value: unknown, depth: number): void => {
    if (++values > MAX_VALUES) throw new UnreadableError('Too many values')
    if (typeof value !== 'object' || value === null) return
    if (depth === 0) throw new UnreadableError('Too deeply nested')
    for (const inner of Object.values(value)) visit(inner, depth - 1)
  }
  for (const value of Object.values(fields)) visit(value, MAX_DEPTH)
}
