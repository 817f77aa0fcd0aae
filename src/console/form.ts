import type * as z from 'zod'
import type { catalogShape } from '../schema/catalog.ts'
import { type FlagName, isOn } from '../schema/events.ts'
import type { Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'

/** A service as the catalogue describes it. */
export type Entry = Omit<z.output<typeof catalogShape>, 'events'> & { events: readonly CatalogEvent[] }
type CatalogEvent = Omit<z.output<typeof catalogShape>['events'][number], 'name' | 'flag'> & {
  name: Service['events'][number]
  flag: FlagName
}
export type Field = Entry['fields'][number]
export type EventField = Omit<CatalogEvent, 'channel'> & { channel: Field | undefined }

/** A service's form, in the sections in which people think of it. */
export interface Form {
  /** The address of the service, and its credentials. */
  connection: readonly Field[]
  events: readonly EventField[]
  /** The channel of events without one of their own. */
  channel: Field | undefined
  options: readonly Field[]
  byName: ReadonlyMap<string, Field>
}

const forms = new WeakMap<Entry, Form>()

/** Returns the form of a service, which the catalogue decides. */
export function formOf(service: Service, entry: Entry): Form {
  const form = forms.get(entry) ?? buildForm(service, entry)
  forms.set(entry, form)
  return form
}

function buildForm(service: Service, { fields, events, schema }: Entry): Form {
  const shown = fields.filter((field) => !field.api_only)
  const byName = new Map(shown.map((field) => [field.name, field]))
  const channels = events.flatMap((event) => event.channel ?? [])
  const channel = channels.length > 0 ? byName.get('channel') : undefined
  const plain = shown.filter((field) => field !== channel && !channels.includes(field.name))
  const deciding = Object.values(service.requiredUnless).flatMap(Object.keys)
  const last = plain.findLastIndex((field) => isOfConnection(service, field))
  const isConnection = ({ name }: Field, index: number) => index <= last || deciding.includes(name)
  const others = [...service.flags].filter((flag) => !events.some((event) => event.flag === flag))
  return {
    connection: plain.filter(isConnection),
    events: events.map((event) => ({ ...event, channel: byName.get(event.channel ?? '') })),
    channel,
    options: [
      ...others.map((name) => switchField(name, schema, isOn(service.initialFlags, name))),
      ...plain.filter((field, index) => !isConnection(field, index)),
    ],
    byName,
  }
}

function isOfConnection({ params }: Service, { name, required, required_unless, is_secret }: Field): boolean {
  return (
    required || is_secret || required_unless !== null || params.some((param) => param.name === name && param.address)
  )
}

/** Returns a flag that belongs to no event as a field. */
function switchField(name: FlagName, schema: Entry['schema'], fallback: boolean): Field {
  const properties = schema.properties as Readonly<Record<string, { title: string; description: string }>>
  const { title = name, description: help = title } = properties[name] ?? {}
  const none = { placeholder: null, required_unless: null, choices: null, choices_open: null }
  const no = { required: false, is_secret: false, exposes_secrets: false, api_only: false }
  return { name, type: 'checkbox', title, help, default: fallback, ...none, ...no }
}

/** The values in the controls of a form: parameters and flags, by name. Never a secret. */
export type Shown = Readonly<Record<string, unknown>>

/** Returns what is saved, or else what new settings begin with; over it what was sent, but for its secrets. */
export function shownOf(service: Service, settings: Settings | null, sent: Shown = {}): Shown {
  const flags = settings?.flags ?? service.initialFlags
  const secrets = service.params.filter(({ secret }) => secret).map(({ name }) => name)
  const params = service.params.filter(({ secret }) => !secret)
  return {
    active: settings?.active ?? true,
    ...Object.fromEntries([...service.flags].map((flag) => [flag, isOn(flags, flag)])),
    ...Object.fromEntries(params.map(({ name, fallback }) => [name, settings?.params[name] ?? fallback])),
    ...Object.fromEntries(Object.entries(sent).filter(([name]) => !secrets.includes(name))),
  }
}

/**
 * Returns the parameters that a submitted form stands for: those that differ from what is saved, and those that are required,
 * so that all that is wrong is said at once. A box that is not ticked is not sent: one that is not there is off.
 */
export function parametersOf(
  service: Service,
  entry: Entry,
  saved: Settings | null,
  sent: FormData,
): Record<string, unknown> {
  const { connection, events, channel, options } = formOf(service, entry)
  const before = shownOf(service, saved)
  const channels = [channel, ...events.map((event) => event.channel)].filter((field) => field !== undefined)
  const params = [...connection, ...channels, ...options].flatMap((field) => {
    if (field.is_secret) return readSecret(field, saved, sent)
    const value = readControl(field, String(sent.get(field.name) ?? ''))
    const isAsBefore = isSame(value, before[field.name]) || (value === false && !before[field.name])
    return isAsBefore && !field.required && !field.required_unless ? [] : [[field.name, value]]
  })
  const flags = events.filter(({ follows, flag }) => !follows && sent.has(flag) !== before[flag])
  return {
    active: sent.has('active'),
    ...Object.fromEntries(flags.map(({ flag }) => [flag, sent.has(flag)])),
    ...Object.fromEntries(params),
  }
}

/** Returns whether the parameters of a form differ from what is saved. */
export function changesAnything(service: Service, saved: Settings, parameters: Shown): boolean {
  const before = shownOf(service, saved)
  return Object.entries(parameters).some(([name, value]) => !isSame(value, before[name]))
}

/** A secret that was typed, or is to be cleared; left empty, it is kept if there is one. */
function readSecret({ name, required }: Field, saved: Settings | null, sent: FormData): [string, string | null][] {
  if (sent.getAll('clear').includes(name)) return [[name, null]]
  const text = withoutReturns(String(sent.get(name) ?? ''))
  const isMissing = required && !Object.hasOwn(saved?.secretsMeta ?? {}, name)
  return text === '' && !isMissing ? [] : [[name, text]]
}

function readControl({ type }: Field, text: string): unknown {
  if (type === 'checkbox') return text !== ''
  const lines = withoutReturns(text)
  if (type !== 'string_array') return lines
  return lines.split('\n').flatMap((line) => line.trim() || [])
}

/** Browsers send the end of a line as two characters. */
function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** Returns whether two values read the same: what is not set reads as nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  return readingOf(one) === readingOf(other)
}

function readingOf(value: unknown): string {
  return Array.isArray(value) ? value.join('\n') : String(value ?? '')
}
