import { isMask } from '../../schema/field.ts'
import type { Param, Service, Value, Values } from '../../schema/service.ts'
import { parse } from '../../settings/parse.ts'
import { isObject, type Json } from '../client.ts'
import { quoteUnlessName } from '../terminal.ts'
import type { Secrets } from './options.ts'
import { addressesOf, suppliedFor } from './supplied.ts'

/** One service's settings at the source, as parameters of the target. */
export interface ServiceImport {
  service: Service
  /** Parameters to send, secrets included. */
  values: Values
  secrets: readonly SentSecret[]
  /** Secrets that are neither sent nor saved at the target. */
  missingSecrets: readonly MissingSecret[]
  /** Other required parameters that are neither sent nor saved at the target. */
  missing: readonly string[]
  /** Parts that are not imported, with the reason. */
  notes: readonly string[]
}

export interface SentSecret {
  name: string
  origin: 'source' | 'file'
  /** Address that it will be sent to; a secret URL is its own, shown without its path. */
  addresses: readonly string[]
}

interface MissingSecret {
  name: string
  required: boolean
}

/** `saved` is what the target has, in the long shape. */
export function translate(
  service: Service,
  entry: Json,
  { secrets, path, saved }: { secrets: Secrets; path: string; saved: Json | undefined },
): ServiceImport {
  const properties = isObject(entry.properties) ? entry.properties : {}
  const parameters = { ...parametersOf(service, properties), ...flagsOf(service, entry) }
  const before = savedValues(service, saved)
  const supplied = suppliedFor(secrets, path, service, { ...before, ...parse(service, parameters).values })
  const { values, invalid, violations } = parse(service, { ...parameters, ...supplied.secrets })
  const sent = withoutAliases(service, values)
  const merged: Values = { ...before, ...sent }
  const absent = service.params.filter(({ name }) => (merged[name] ?? null) === null)
  const missingSecrets = absent
    .filter(({ secret }) => secret)
    .map((param) => ({ name: param.name, required: service.requires(param, merged) }))
  return {
    service,
    values: { ...sent, active: true },
    secrets: service.params
      .filter(({ name, secret }) => secret && sent[name] != null)
      .map((param) => sentSecret(service, param, merged, supplied.secrets)),
    missingSecrets: missingSecrets.filter(({ name, required }) => required || isSetAtSource(entry, name)),
    missing: absent.filter((param) => !param.secret && service.requires(param, merged)).map(({ name }) => name),
    notes: [
      ...supplied.notes,
      ...unknownNames(service, properties).map((name) => `${quoteUnlessName(name)} is not known here`),
      ...invalid.map((name) => `${name} is invalid`),
      ...Object.entries(violations).flatMap(([name, texts]) => texts.map((text) => `${name} ${text}`)),
      ...(entry.inherited === true ? ['is inherited from a group there, and becomes the project’s own here'] : []),
    ],
  }
}

/**
 * The parameters that the source returns. A blank one is blank here too, unless it is required or a secret: a source that
 * hides secrets may return them blank, or masked.
 */
function parametersOf(service: Service, properties: Json): Record<string, unknown> {
  const entries = service.params.flatMap(({ name, secret, required }) => {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined
    const isBlank = value === undefined || value === null || value === ''
    const isHidden = secret && (isBlank || isMask(value))
    return value === undefined || isHidden || (required && isBlank) ? [] : [[name, value]]
  })
  return Object.fromEntries(entries)
}

/** The flags of the service's own events. Null, in rows of old versions, is "off" to GitLab. */
function flagsOf(service: Service, entry: Json): Record<string, unknown> {
  const flags = [...service.flags].filter((flag) => Object.hasOwn(entry, flag))
  return Object.fromEntries(flags.map((flag) => [flag, entry[flag] ?? false]))
}

function sentSecret(service: Service, { name, address }: Param, merged: Values, supplied: Values): SentSecret {
  const others = addressesOf(service).flatMap((param) => merged[param.name] ?? [])
  const own = address === 'url' ? (URL.parse(String(merged[name]))?.origin ?? []) : []
  return {
    name,
    origin: Object.hasOwn(supplied, name) ? 'file' : 'source',
    addresses: [own, ...others].flat().map(String),
  }
}

/** Drops an alias if it is blank or if the parameter it is an alias of has a value. */
function withoutAliases(service: Service, values: Values): Record<string, Value> {
  const unneeded = service.params.filter(
    ({ name, aliasOf }) => aliasOf && (values[name] === null || values[aliasOf] != null),
  )
  const names = unneeded.map(({ name }) => name)
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

/** Values of the target: plain ones, and `true` for a secret that is set. */
function savedValues(service: Service, saved: Json | undefined): Values {
  if (!saved) return {}
  const properties = (isObject(saved.properties) ? saved.properties : {}) as Values
  const set = service.params.filter(({ name, secret }) => secret && stateOf(saved, name) === true)
  return { ...properties, ...Object.fromEntries(set.map(({ name }) => [name, true])) }
}

/** Returns whether the source has the secret. A Patchbay says so, a GitLab does not. */
function isSetAtSource(entry: Json, name: string): boolean {
  return stateOf(entry, name) ?? true
}

function stateOf({ secrets }: Json, name: string): boolean | undefined {
  const state = isObject(secrets) ? secrets[name] : undefined
  return isObject(state) && typeof state.set === 'boolean' ? state.set : undefined
}

function unknownNames(service: Service, properties: Json): string[] {
  const known = new Set(service.params.map(({ name }) => name))
  return Object.keys(properties).filter((name) => !known.has(name))
}
