import type { KeyRing } from '../crypto/keyring.ts'
import { type FieldErrors, withText } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { SettingsEdit } from '../store/settings.ts'
import { blockedReason } from './address.ts'
import { type Merged, merge, type Secrets } from './merge.ts'
import type { ParsedRequest } from './parse.ts'
import { sealSecrets, tryOpenSecrets } from './vault.ts'

export interface EditRequest {
  keyRing: KeyRing
  service: Service
  sent: ParsedRequest
  /** PUT creates and switches on; PATCH does neither. */
  method: 'PUT' | 'PATCH'
  /** Allows URLs and hosts that lead to the local network. */
  allowLocalNetwork: boolean
  /** Compares secrets that are sent with the saved ones; otherwise each counts as a change (docs/rules.md#guessing). */
  comparesSecrets?: boolean
}

/** Errors of a request; undefined if there is none. */
export interface ValidationErrors {
  /** Missing and ill-typed parameters: reported alone, before rules. */
  invalid: FieldErrors | undefined
  /** Rules that a value, or the merged settings, violate. */
  violations: FieldErrors | undefined
}

/** The row as a request would make it, and all errors of the request. */
export interface PendingEdit extends ValidationErrors {
  merged: Merged
  /** Returns the new columns of the row, its secrets sealed again if one of them changed. */
  edit(projectId: number, now: number): Promise<SettingsEdit>
}

/** Merges a request into what is saved, and writes nothing. */
export async function preview(request: EditRequest, saved: Settings | null): Promise<PendingEdit> {
  const { keyRing, service, sent, method } = request
  const opened = saved && sendsSecret(service, sent) ? await tryOpenSecrets(keyRing, saved) : {}
  const merged = merge({
    service,
    saved,
    savedSecrets: request.comparesSecrets ? opened : null,
    request: sent,
    activeByDefault: method === 'PUT' || (saved?.active ?? false),
  })
  const isAbsent = method === 'PATCH' && saved === null
  const violations = { ...merged.violations, ...(opened === null && unreadable(merged)) }
  return {
    merged,
    ...validateRequest(request, {
      missing: withText(isAbsent ? [] : merged.missing, 'is missing'),
      violations: Object.fromEntries(Object.entries(violations).map(([name, text]) => [name, [text]])),
    }),
    edit: (projectId, now) => sealEdit({ request, saved, opened: opened ?? {}, merged }, projectId, now),
  }
}

/** Returns the errors that do not depend on the saved row, together with those of `beside`. */
export function validateRequest(
  request: EditRequest,
  beside: { missing?: FieldErrors; violations?: FieldErrors } = {},
): ValidationErrors {
  const { service, sent } = request
  return {
    invalid: inOrder(service, {
      ...beside.missing,
      ...withText(sent.invalid, 'is invalid'),
      ...withText(sent.unknown, 'is unknown'),
    }),
    violations: inOrder(service, { ...blockedAddresses(request), ...beside.violations, ...sent.violations }),
  }
}

interface Sealing {
  request: EditRequest
  saved: Settings | null
  opened: Secrets
  merged: Merged
}

async function sealEdit({ request, saved, opened, merged }: Sealing, projectId: number, now: number) {
  const { active, flags, params } = merged
  const place = { projectId, slug: request.service.slug }
  const sealed = await sealSecrets(request.keyRing, place, saved, opened, merged, now)
  return { active, flags, params, ...sealed, updatedAt: now }
}

function sendsSecret(service: Service, sent: ParsedRequest): boolean {
  return service.params.some(({ name, secret }) => secret && Object.hasOwn(sent.values, name))
}

/** Returns an error for each secret that cannot be sealed again, because the row does not open. */
function unreadable({ set, dropped, kept }: Merged): Record<string, string> {
  if (Object.keys(set).length === 0 && dropped.length === 0) return {}
  return Object.fromEntries(kept.map((name) => [name, 'must be sent again, because the saved one cannot be read']))
}

/** A plan for many projects validates the same request for each of them, and thousands of IRC channels take a while. */
const blockedByRequest = new WeakMap<ParsedRequest, FieldErrors>()

/** Returns why the sent addresses may not be used. Saved ones are left as they are. */
function blockedAddresses(request: EditRequest): FieldErrors {
  const known = blockedByRequest.get(request.sent) ?? findBlocked(request)
  blockedByRequest.set(request.sent, known)
  return known
}

function findBlocked({ service, sent, allowLocalNetwork }: EditRequest): FieldErrors {
  const reasons = service.params.flatMap(({ name, address }) => {
    const value = sent.values[name]
    const reason = address && typeof value === 'string' ? blockedReason(address, value, allowLocalNetwork) : undefined
    return reason ? [[name, [reason]] as const] : []
  })
  return Object.fromEntries(reasons)
}

/** Returns field errors in the order of the service's declaration, unknown fields last; undefined if there is none. */
function inOrder(service: Service, fields: FieldErrors): FieldErrors | undefined {
  const known = Object.keys(service.request.shape).filter((name) => Object.hasOwn(fields, name))
  const names = new Set([...known, ...Object.keys(fields)])
  return names.size === 0 ? undefined : Object.fromEntries([...names].map((name) => [name, fields[name] ?? []]))
}
