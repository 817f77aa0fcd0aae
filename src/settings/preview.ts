import type { KeyRing } from '../crypto/keyring.ts'
import type { FieldErrors } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { SettingsEdit } from '../store/settings.ts'
import { blockedReason } from './address.ts'
import { type Merged, merge, type Secrets } from './merge.ts'
import type { ParsedRequest } from './parse.ts'
import { openSecrets, sealSecrets } from './vault.ts'

export interface EditRequest {
  keyRing: KeyRing
  service: Service
  sent: ParsedRequest
  /** PUT creates and switches on; PATCH does neither. */
  method: 'PUT' | 'PATCH'
  /** Whether URLs and hosts may lead to the local network. */
  allowLocalNetwork: boolean
}

/** What is wrong with a request; undefined where nothing is. */
export interface ValidationErrors {
  /** Missing and ill-typed parameters: answered alone, before rules. */
  invalid: FieldErrors | undefined
  /** Rules that a value, or the whole, breaks. */
  violations: FieldErrors | undefined
}

/** What a request would make of a row, and all that is wrong with it. */
export interface PendingEdit extends ValidationErrors {
  merged: Merged
  /** The row's new columns, sealed anew where a secret changed. */
  edit(projectId: number, now: number): Promise<SettingsEdit>
}

/** Lays a request over what is saved, and writes nothing. */
export async function preview(request: EditRequest, saved: Settings | null): Promise<PendingEdit> {
  const { keyRing, service, sent, method } = request
  const savedSecrets: Secrets = saved && sendsSecret(service, sent) ? await openSecrets(keyRing, saved) : {}
  const merged = merge(service, saved, savedSecrets, sent, method === 'PUT' || (saved?.active ?? false))
  const isAbsent = method === 'PATCH' && saved === null
  const texts = Object.fromEntries(Object.entries(merged.violations).map(([name, text]) => [name, [text]]))
  return {
    merged,
    ...validateRequest(request, toLists(isAbsent ? [] : merged.missing, 'is missing'), texts),
    edit: async (projectId, now) => {
      const place = { projectId, slug: service.slug }
      const { active, flags, params } = merged
      const sealed = await sealSecrets(keyRing, place, saved, savedSecrets, merged, now)
      return { active, flags, params, ...sealed, updatedAt: now }
    },
  }
}

/** What is wrong with a request whatever is saved; and, where they are given, what is besides. */
export function validateRequest(
  request: EditRequest,
  missing: FieldErrors = {},
  texts: FieldErrors = {},
): ValidationErrors {
  const { service, sent } = request
  return {
    invalid: inOrder(service, { ...missing, ...toLists(sent.invalid, 'is invalid') }),
    violations: inOrder(service, { ...blocked(request), ...texts, ...sent.violations }),
  }
}

function sendsSecret(service: Service, sent: ParsedRequest): boolean {
  return service.params.some(({ name, secret }) => secret && Object.hasOwn(sent.values, name))
}

/** What is wrong with where the sent URLs and hosts lead. What was saved before is left as it is. */
function blocked({ service, sent, allowLocalNetwork }: EditRequest): FieldErrors {
  const reasons = service.params.flatMap(({ name, address }) => {
    const value = sent.values[name]
    const reason = address && typeof value === 'string' ? blockedReason(address, value, allowLocalNetwork) : undefined
    return reason ? [[name, [reason]] as const] : []
  })
  return Object.fromEntries(reasons)
}

function toLists(names: readonly string[], text: string): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, [text]]))
}

/** Field errors in the order in which the service declares its parameters; undefined where there is none. */
function inOrder(service: Service, fields: FieldErrors): FieldErrors | undefined {
  const names = Object.keys(service.request.shape).filter((name) => Object.hasOwn(fields, name))
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, fields[name] ?? []]))
}
