import type { Service, Value, Values } from '../../schema/service.ts'
import { parse } from '../../settings/parse.ts'
import { isObject, type Json } from './api.ts'

/** One service's settings as the source has them, in the words of the target. */
export interface Draft {
  service: Service
  /** What is sent, secrets among it. */
  values: Values
  /** The names of the secrets in it. */
  secrets: readonly string[]
  /** Secrets that are not in it, nor at the target. */
  lacking: readonly Lacking[]
  /** Required parameters that are neither in it nor at the target, and are no secrets. */
  missing: readonly string[]
  /** What is not taken over, and why. */
  notes: readonly string[]
}

interface Lacking {
  name: string
  required: boolean
}

type Supplied = Readonly<Record<string, string>>

/** `saved` is what the target has, in the long shape. */
export function translate(service: Service, entry: Json, supplied: Supplied, saved: Json | undefined): Draft {
  const properties = isObject(entry.properties) ? entry.properties : {}
  const { values, invalid, violations } = parse(service, {
    ...parametersOf(service, properties),
    ...flagsOf(service, entry),
    ...suppliedTo(service, supplied),
  })
  const kept = withoutSecondSpellings(service, values)
  const merged: Values = { ...savedValues(service, saved), ...kept }
  const absent = service.params.filter(({ name }) => (merged[name] ?? null) === null)
  const lacking = absent
    .filter(({ secret }) => secret)
    .map((param) => ({ name: param.name, required: service.requires(param, merged) }))
  return {
    service,
    values: { ...kept, active: true },
    secrets: service.params.filter(({ name, secret }) => secret && kept[name] != null).map(({ name }) => name),
    lacking: lacking.filter(({ name, required }) => required || isSetAt(entry, name)),
    missing: absent.filter((param) => !param.secret && service.requires(param, merged)).map(({ name }) => name),
    notes: [
      ...unknownNames(service, properties).map((name) => `${name} is not known here`),
      ...invalid.map((name) => `${name} is invalid`),
      ...Object.entries(violations).flatMap(([name, texts]) => texts.map((text) => `${name} ${text}`)),
      ...(entry.inherited === true ? ['is inherited from a group there, and becomes the project’s own here'] : []),
    ],
  }
}

/**
 * The parameters that the source tells. A blank one is blank here too, unless it is required, or a secret: then it is
 * only kept to itself, and so is what stands behind a mask.
 */
function parametersOf(service: Service, properties: Json): Record<string, unknown> {
  const told = service.params.flatMap(({ name, secret, required }) => {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined
    const isBlank = value === undefined || value === null || value === ''
    const isHidden = secret && (isBlank || /^[*•]+$|^\[\w+\]$/.test(String(value).trim()))
    return value === undefined || isHidden || (required && isBlank) ? [] : [[name, value]]
  })
  return Object.fromEntries(told)
}

/** The service's own events. An old row's null is "off" to GitLab. */
function flagsOf(service: Service, entry: Json): Record<string, unknown> {
  const flags = [...service.flags].filter((flag) => Object.hasOwn(entry, flag))
  return Object.fromEntries(flags.map((flag) => [flag, entry[flag] ?? false]))
}

function suppliedTo(service: Service, supplied: Supplied): Supplied {
  const names = service.params.filter(({ secret }) => secret).map(({ name }) => name)
  return Object.fromEntries(Object.entries(supplied).filter(([name, value]) => names.includes(name) && value !== ''))
}

/** A parameter that stands for another one is of use where the other one says nothing. */
function withoutSecondSpellings(service: Service, values: Values): Record<string, Value> {
  const spare = service.params.filter(
    ({ name, aliasOf }) => aliasOf && (values[name] === null || values[aliasOf] != null),
  )
  const names = spare.map(({ name }) => name)
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))
}

/** What the target has: plain values, and `true` for a secret that is set. */
function savedValues(service: Service, saved: Json | undefined): Values {
  if (!saved) return {}
  const properties = (isObject(saved.properties) ? saved.properties : {}) as Values
  const set = service.params.filter(({ name, secret }) => secret && stateOf(saved, name) === true)
  return { ...properties, ...Object.fromEntries(set.map(({ name }) => [name, true])) }
}

/** Whether the source has the secret: a Patchbay says so, a GitLab does not. */
function isSetAt(entry: Json, name: string): boolean {
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
