import { type FlagName, isOn } from '../schema/events.ts'
import type { Service, Value, Values } from '../schema/service.ts'
import type { Change, Settings } from '../schema/tables.ts'
import { redacted } from './redaction.ts'

/** Columns of a row beside its secrets. */
export type PlainSettings = Pick<Settings, 'active' | 'flags' | 'params'>

/** Returns the fields that differ between two states, secrets apart; `before` is null at creation. */
export function settingsChanges(service: Service, before: PlainSettings | null, after: PlainSettings): Change[] {
  const old = before ?? { active: false, flags: service.initialFlags, params: {} as Values }
  const flagChange = (flag: FlagName) => change(flag, isOn(old.flags, flag), isOn(after.flags, flag))
  const addresses = new Map(service.params.map(({ name, address }) => [name, address]))
  return [
    ...change('active', old.active, after.active),
    ...[...service.flags].flatMap(flagChange),
    ...Object.entries(after.params).flatMap(([name, value]) =>
      change(name, old.params[name] ?? null, value, addresses.get(name)),
    ),
  ]
}

/** Returns what is lost when a row is deleted: the opposite of its creation. */
export function deletionChanges(service: Service, saved: Settings): Change[] {
  const params = Object.fromEntries(Object.keys(saved.params).map((name) => [name, null]))
  const empty = { active: false, flags: service.initialFlags, params }
  return [...settingsChanges(service, saved, empty), ...droppedSecrets(saved)]
}

/** Returns the secrets that are lost when a row is deleted. */
export function droppedSecrets({ secretsMeta }: Settings): Change[] {
  return Object.keys(secretsMeta).map((field) => ({ field, secret: 'dropped' }))
}

function change(field: string, from: Value, to: Value, address?: Parameters<typeof redacted>[1]): Change[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return []
  return [{ field, from: redacted(from, address), to: redacted(to, address) }]
}
