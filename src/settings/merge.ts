import { isOn, withFlag } from '../schema/events.ts'
import type { Param, Service, Value, Values } from '../schema/service.ts'
import type { Change, Settings } from '../schema/tables.ts'
import { type PlainSettings, settingsChanges } from './changes.ts'
import type { ParsedRequest } from './parse.ts'

export type Secrets = Readonly<Record<string, string>>

export interface MergeInput {
  service: Service
  /** The row that the request edits; null if there is none. */
  saved: Settings | null
  /** The secrets of that row; null if they are unknown, so that each one that is sent counts as new. */
  savedSecrets: Secrets | null
  request: ParsedRequest
  /** `active`, if the request does not send it. */
  activeByDefault: boolean
}

/** New settings, and the rules that they break. */
export interface Merged extends PlainSettings {
  /** Secrets that are new or different. */
  set: Secrets
  /** Saved secrets that are dropped. */
  dropped: readonly string[]
  /** Saved secrets that stay as they are, without being sent. */
  kept: readonly string[]
  /** Empty if the row stays as it is. */
  changes: readonly Change[]
  /** Required parameters that are neither sent nor saved. */
  missing: readonly string[]
  /** Rules that the merged settings violate: field → text. */
  violations: Readonly<Record<string, string>>
}

/**
 * Merges a request into the saved settings (docs/rules.md#merging, docs/rules.md#moved-endpoints): an omitted parameter
 * keeps its value, a blank one falls back to its default, and a changed endpoint drops the secrets that were not sent with
 * it. At creation defaults fill the rest.
 */
export function merge({ service, saved, savedSecrets, request, activeByDefault }: MergeInput): Merged {
  const values = resolveAliases(service, request.values)
  const params = mergeParams(service, saved, values)
  const plain = {
    active: typeof values.active === 'boolean' ? values.active : activeByDefault,
    flags: mergeFlags(service, saved, values, params),
    params,
  }
  const endpoints = saved ? changedEndpoints(service, saved, params, values) : []
  const secrets = mergeSecrets({ service, saved, savedSecrets, values, dropsUnsent: endpoints.length > 0 })
  const { set, dropped, kept } = secrets
  return {
    ...plain,
    set,
    dropped,
    kept,
    changes: [
      ...settingsChanges(service, saved, plain),
      ...Object.keys(set).map((field): Change => ({ field, secret: 'set' })),
      ...dropped.map((field): Change => ({ field, secret: 'dropped' })),
    ],
    ...checkRequired({ service, request, params, secrets, endpoints }),
  }
}

/** Replaces aliases by the parameters that they stand for, unless those are sent too. */
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

function mergeParams(service: Service, saved: Settings | null, values: Values): Values {
  const stored = service.params.filter((param) => !param.secret && !param.aliasOf)
  return Object.fromEntries(
    stored.map(({ name, fallback }) => {
      const value = values[name]
      const isKept = value === undefined && saved !== null
      return [name, (isKept ? saved.params[name] : value) ?? fallback]
    }),
  )
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

/**
 * Returns the endpoints that change, are cleared or are set for the first time. One that is a secret itself counts as
 * changed if it is sent: otherwise the error for the secrets beside it would confirm a guess (docs/rules.md#guessing).
 */
function changedEndpoints(service: Service, saved: Settings, params: Values, values: Values): Param[] {
  return service.params.filter(({ name, endpoint, secret }) => {
    if (!endpoint) return false
    return secret ? values[name] !== undefined : trimmed(params[name]) !== trimmed(saved.params[name])
  })
}

function trimmed(value: Value | undefined): string {
  return String(value ?? '').trim()
}

interface SecretsInput extends Pick<MergeInput, 'service' | 'saved' | 'savedSecrets'> {
  values: Values
  dropsUnsent: boolean
}

function mergeSecrets({ service, saved, savedSecrets, values, dropsUnsent }: SecretsInput) {
  const set: Record<string, string> = {}
  const same: string[] = []
  const dropped: string[] = []
  const kept: string[] = []
  for (const { name } of service.params.filter(({ secret }) => secret)) {
    const value = values[name]
    const isSaved = saved !== null && Object.hasOwn(saved.secretsMeta, name)
    if (typeof value === 'string') {
      if (isSaved && savedSecrets?.[name] === value) same.push(name)
      else set[name] = value
    } else if (isSaved) (value === null || dropsUnsent ? dropped : kept).push(name)
  }
  return { set, same, dropped, kept }
}

interface RequirementsInput extends Pick<MergeInput, 'service' | 'request'> {
  params: Values
  secrets: ReturnType<typeof mergeSecrets>
  endpoints: readonly Param[]
}

function checkRequired({ service, request, params, secrets, endpoints }: RequirementsInput) {
  const { set, same, dropped, kept } = secrets
  const present = [...Object.keys(set), ...same, ...kept]
  const merged: Values = { ...params, ...Object.fromEntries(present.map((name) => [name, true])) }
  const absent = service.params
    .filter((param) => service.requires(param, merged) && (merged[param.name] ?? null) === null)
    .map(({ name }) => name)
  const isSent = (name: string) => request.names.has(name)
  const isDropped = (name: string) => !isSent(name) && dropped.includes(name)
  return {
    missing: absent.filter((name) => !isSent(name) && !isDropped(name)),
    violations: {
      ...service.check(merged),
      ...withText(absent.filter(isSent), "can't be blank"),
      ...withText(absent.filter(isDropped), `must be sent again, because ${describeEndpoints(endpoints)}`),
    },
  }
}

function describeEndpoints(endpoints: readonly Param[]): string {
  const list = (areSecret: boolean) => endpoints.filter(({ secret }) => secret === areSecret).map(({ name }) => name)
  const [changed, sent] = [list(false), list(true)].map((names) => names.join(', '))
  return [changed && `${changed} changed`, sent && `${sent} was sent`].filter(Boolean).join(' and ')
}

function withText(names: readonly string[], text: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, text]))
}
