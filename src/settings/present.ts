import { isOn, sharedFlags } from '../schema/events.ts'
import type { Param, Service, Value } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { Secrets } from './merge.ts'

/** The short shape of GitLab's list, its keys in GitLab's order (gitlab-behaviour 1.2). */
export function presentShort(service: Service, settings: Settings) {
  const { id, slug, active, flags } = settings
  const shape: Record<string, unknown> = {
    id,
    title: service.title,
    slug,
    created_at: timestamp(settings.createdAt),
    updated_at: timestamp(settings.updatedAt),
    active,
  }
  for (const flag of sharedFlags) shape[flag] = isOn(flags, flag)
  shape.inherited = false
  for (const flag of service.ownFlags) shape[flag] = isOn(flags, flag)
  return shape
}

/**
 * The long shape: the short one, the parameters, and for each secret whether it is set, never its value. Only a caller
 * who may read secrets gets them, in `opened`.
 */
export function presentLong(service: Service, settings: Settings, opened?: Secrets) {
  const shape = presentShort(service, settings)
  const properties: Record<string, Value> = {}
  const secrets: Record<string, ReturnType<typeof presentSecret>> = {}
  for (const param of service.params) {
    if (!param.secret || opened) properties[param.name] = propertyOf(param, settings, opened)
    if (param.secret) secrets[param.name] = presentSecret(settings, param.name)
  }
  return Object.assign(shape, { properties, secrets })
}

export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function propertyOf(param: Param, { params }: Settings, opened: Secrets = {}): Value {
  if (param.standsFor) return params[param.standsFor] === 'default'
  if (param.secret) return opened[param.name] ?? null
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
