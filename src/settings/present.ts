import { type FlagName, isOn, sharedFlags } from '../schema/events.ts'
import type { Param, Service, Value } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { Secrets } from './merge.ts'

/** The short shape of GitLab's list, its keys in GitLab's order (docs/gitlab.md#shapes). */
export function presentShort(service: Service, settings: Settings) {
  const { id, slug, active, flags } = settings
  return {
    id,
    title: service.title,
    slug,
    created_at: timestamp(settings.createdAt),
    updated_at: timestamp(settings.updatedAt),
    active,
    ...presentFlags(sharedFlags, flags),
    inherited: false,
    ...presentFlags(service.ownFlags, flags),
  }
}

export interface LongOptions {
  /** The values of the secrets, for a caller that may read them; null if they do not open. */
  savedSecrets?: Secrets | null
  /** Remarks on what the request sent: field → text. */
  notes?: Readonly<Record<string, string>>
}

/** The long shape: the short one, the parameters, and for each secret whether it is set. */
export function presentLong(service: Service, settings: Settings, { savedSecrets, notes = {} }: LongOptions = {}) {
  const shown = savedSecrets ? service.params : service.params.filter(({ secret }) => !secret)
  const secrets = service.params.filter(({ secret }) => secret)
  return {
    ...presentShort(service, settings),
    ...(savedSecrets === null && { unreadable: true }),
    ...(Object.keys(notes).length > 0 && { notes }),
    properties: Object.fromEntries(shown.map((param) => [param.name, propertyOf(param, settings, savedSecrets)])),
    secrets: Object.fromEntries(secrets.map(({ name }) => [name, presentSecret(settings, name)])),
  }
}

export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function presentFlags(names: readonly FlagName[], flags: number) {
  return Object.fromEntries(names.map((name) => [name, isOn(flags, name)]))
}

function propertyOf(param: Param, { params }: Settings, savedSecrets: Secrets | null | undefined): Value {
  if (param.aliasOf) return params[param.aliasOf] === 'default'
  if (param.secret) return savedSecrets?.[param.name] ?? null
  return params[param.name] ?? param.fallback
}

function presentSecret({ secretsMeta }: Settings, name: string) {
  const meta = Object.hasOwn(secretsMeta, name) ? secretsMeta[name] : undefined
  return {
    set: meta !== undefined,
    fingerprint: meta?.fingerprint ?? null,
    updated_at: meta ? timestamp(meta.updatedAt) : null,
  }
}
