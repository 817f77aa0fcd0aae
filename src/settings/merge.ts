import { type FlagName, isOn, withFlag } from '../schema/events.ts'
import type { Param, Service, Value, Values } from '../schema/service.ts'
import type { Change, Settings } from '../schema/tables.ts'
import type { ParsedRequest } from './parse.ts'

export type Secrets = Readonly<Record<string, string>>

/** What the settings will be, and what stands in the way of it. */
export interface Merged {
  active: boolean
  flags: number
  params: Values
  /** Secrets that are new or different. */
  set: Secrets
  /** Saved secrets that are dropped. */
  dropped: readonly string[]
  /** Empty where all stays as it is. */
  changes: readonly Change[]
  /** Required parameters that are neither sent nor saved. */
  missing: readonly string[]
  /** Rules that the whole breaks: field → text. */
  violations: Readonly<Record<string, string>>
}

/**
 * Merges a request into the saved settings (docs/rules.md#merging, docs/rules.md#moved-endpoints): an omitted parameter
 * keeps its value, a blank one falls back to its default, and a changed endpoint drops the secrets that were not sent with
 * it. At creation defaults fill the rest. `savedSecrets` must hold the saved secrets if the request sends one;
 * `defaultActive` is `active` if it is not sent.
 */
export function merge(
  service: Service,
  saved: Settings | null,
  savedSecrets: Secrets,
  sent: ParsedRequest,
  defaultActive: boolean,
): Merged {
  const values = resolveAliases(service, sent.values)
  const stored = service.params.filter((param) => !param.secret && !param.aliasOf)
  const params = Object.fromEntries(stored.map((param) => [param.name, plainValue(param, saved, values)]))
  const changedEndpoints = saved
    ? service.params.filter((param) => param.endpoint && isEndpointChanged(param, saved, savedSecrets, params, values))
    : []
  const secrets = mergeSecrets(service, saved, savedSecrets, values, changedEndpoints.length > 0)
  const next = {
    active: typeof values.active === 'boolean' ? values.active : defaultActive,
    flags: mergeFlags(service, saved, values, params),
    params,
    set: secrets.set,
    dropped: secrets.dropped,
  }
  const merged: Values = { ...params, ...Object.fromEntries(secrets.there.map((name) => [name, true])) }
  const absent = service.params.filter(
    (param) => service.requires(param, merged) && (merged[param.name] ?? null) === null,
  )
  const names = absent.map(({ name }) => name)
  const isDropped = (name: string) => secrets.dropped.includes(name)
  const isSent = (name: string) => sent.names.has(name)
  return {
    ...next,
    changes: [...plainChanges(service, saved, next), ...secrets.changed.map((field) => ({ field }))],
    missing: names.filter((name) => !isSent(name) && !isDropped(name)),
    violations: {
      ...service.check(merged),
      ...texts(names.filter(isSent), "can't be blank"),
      ...texts(
        names.filter((name) => !isSent(name) && isDropped(name)),
        `must be sent again, because ${changedEndpoints.map(({ name }) => name).join(', ')} changed`,
      ),
    },
  }
}

/** Turns other aliases into the parameters they stand for, unless those were sent too. */
function resolveAliases(service: Service, values: Values): Values {
  const result: Record<string, Value> = { ...values }
  for (const [alias, name] of Object.entries(service.aliases)) {
    if (values[alias] !== undefined) result[name] ??= values[alias]
  }
  for (const { name, aliasOf } of service.params) {
    const value = values[name]
    if (aliasOf && typeof value === 'boolean') result[aliasOf] ??= value ? 'default' : 'all'
  }
  return result
}

function plainValue(param: Param, saved: Settings | null, values: Values): Value {
  const value = values[param.name]
  if (value === undefined && saved) return saved.params[param.name] ?? param.fallback
  return value ?? param.fallback
}

/** Whether an endpoint changes, is cleared or is set for the first time. A secret may be one too. */
function isEndpointChanged(
  { name, secret }: Param,
  saved: Settings,
  savedSecrets: Secrets,
  params: Values,
  values: Values,
): boolean {
  if (secret) return values[name] !== undefined && trimmed(values[name]) !== trimmed(savedSecrets[name])
  return trimmed(params[name]) !== trimmed(saved.params[name])
}

function trimmed(value: Value | undefined): string {
  return String(value ?? '').trim()
}

function mergeSecrets(
  service: Service,
  saved: Settings | null,
  savedSecrets: Secrets,
  values: Values,
  endpointChanged: boolean,
) {
  const set: Record<string, string> = {}
  const dropped: string[] = []
  const there: string[] = []
  for (const { name } of service.params.filter(({ secret }) => secret)) {
    const value = values[name]
    const isSaved = saved !== null && Object.hasOwn(saved.secretsMeta, name)
    if (typeof value === 'string') {
      there.push(name)
      if (!isSaved || savedSecrets[name] !== value) set[name] = value
    } else if (isSaved && (value === null || endpointChanged)) dropped.push(name)
    else if (isSaved) there.push(name)
  }
  return { set, dropped, there, changed: [...Object.keys(set), ...dropped] }
}

function mergeFlags(service: Service, saved: Settings | null, values: Values, params: Values): number {
  const start = saved?.flags ?? service.initialFlags
  const sent = [...service.flags].reduce((flags, flag) => {
    const value = values[flag]
    if (value === undefined) return flags
    return withFlag(flags, flag, typeof value === 'boolean' ? value : isOn(service.initialFlags, flag))
  }, start)
  return service.flagsFollowing.reduce((flags, [flag, name]) => withFlag(flags, flag, params[name] === true), sent)
}

/** What differs from the saved row, or from an empty one. */
function plainChanges(
  service: Service,
  saved: Settings | null,
  next: Pick<Merged, 'active' | 'flags' | 'params'>,
): Change[] {
  const before = saved ?? { active: false, flags: service.initialFlags, params: {} as Values }
  const flagChange = (flag: FlagName) => change(flag, isOn(before.flags, flag), isOn(next.flags, flag))
  return [
    ...change('active', before.active, next.active),
    ...[...service.flags].flatMap(flagChange),
    ...Object.entries(next.params).flatMap(([name, value]) => change(name, before.params[name] ?? null, value)),
  ]
}

/** What is lost when a row is deleted: its creation undone. */
export function deletionChanges(service: Service, saved: Settings): Change[] {
  const params = Object.fromEntries(Object.keys(saved.params).map((name) => [name, null]))
  const secrets = Object.keys(saved.secretsMeta).map((field) => ({ field }))
  return [...plainChanges(service, saved, { active: false, flags: service.initialFlags, params }), ...secrets]
}

function change(field: string, from: Value, to: Value): Change[] {
  return JSON.stringify(from) === JSON.stringify(to)
    ? []
    : [{ field, from: withoutCredentials(from), to: withoutCredentials(to) }]
}

/** Blanks the user info and the query of each URL in a text: the places where credentials hide. */
function withoutCredentials(value: Value): Value {
  if (typeof value !== 'string') return value
  return value.replaceAll(/\/\/[^/\s]*@/g, '//***@').replaceAll(/(\w:\/\/[^\s?#]*\?)[^\s#]+/g, '$1***')
}

function texts(names: readonly string[], text: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, text]))
}
