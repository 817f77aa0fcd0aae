import type { KeyRing } from '../crypto/keyring.ts'
import type { FieldErrors } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { findSettingsNow, insertSettings, updateSettings } from '../store/settings.ts'
import { type Actor, entryOf } from './actor.ts'
import { blockedReason } from './address.ts'
import { contend, type Try } from './contend.ts'
import { merge } from './merge.ts'
import type { Sent } from './parse.ts'
import { openSecrets, sealSecrets } from './vault.ts'

export interface SaveRequest {
  db: Database
  keyRing: KeyRing
  actor: Actor
  projectId: number
  service: Service
  sent: Sent
  /** PUT creates and switches on; PATCH does neither. */
  method: 'PUT' | 'PATCH'
  /** Whether URLs and hosts may lead to the local network. */
  allowLocalNetwork: boolean
  /** Whether the request's preconditions hold for what is saved. */
  isExpected(saved: Settings | null): boolean
}

export type Outcome =
  | { kind: 'saved'; settings: Settings }
  | { kind: 'ill-formed' | 'broken'; fields: FieldErrors }
  | { kind: 'absent' | 'unexpected' | 'nothing to inherit' | 'contended' }

/** Saves what was sent over `saved`, the row as the request found it, and again over newer rows where others write too. */
export async function save(request: SaveRequest, saved: Settings | null): Promise<Outcome> {
  const writeId = crypto.randomUUID()
  const outcome = await contend(saved, (row) => trySave(request, row, writeId))
  return outcome ?? { kind: 'contended' }
}

async function trySave(request: SaveRequest, saved: Settings | null, writeId: string): Promise<Try<Outcome, Settings>> {
  const { db, keyRing, actor, projectId, service, sent, method } = request
  const opened = saved && sendsSecret(service, sent) ? await openSecrets(keyRing, saved) : {}
  const merged = merge(service, saved, opened, sent, method === 'PUT' || (saved?.active ?? false))

  const isAbsent = method === 'PATCH' && saved === null
  const illFormed = inOrder(service, {
    ...toLists(isAbsent ? [] : merged.missing, 'is missing'),
    ...toLists(sent.invalid, 'is invalid'),
  })
  if (illFormed) return done({ kind: 'ill-formed', fields: illFormed })
  if (isAbsent) return done({ kind: 'absent' })
  if (!request.isExpected(saved)) return done({ kind: 'unexpected' })
  if (sent.values.use_inherited_settings === true) return done({ kind: 'nothing to inherit' })
  const texts = Object.fromEntries(Object.entries(merged.broken).map(([name, text]) => [name, [text]]))
  const broken = inOrder(service, { ...blocked(request), ...texts, ...sent.broken })
  if (broken) return done({ kind: 'broken', fields: broken })
  if (saved && merged.changes.length === 0) return done({ kind: 'saved', settings: saved })

  const now = Date.now()
  const place = { projectId, slug: service.slug }
  const { active, flags, params } = merged
  const edit = {
    active,
    flags,
    params,
    ...(await sealSecrets(keyRing, place, saved, opened, merged, now)),
    updatedAt: now,
  }
  const change = saved ? updateSettings(saved, edit) : insertSettings({ ...place, ...edit, version: 1, createdAt: now })
  const action = saved ? 'settings.updated' : 'settings.created'
  const entry = entryOf(actor, {
    projectId,
    action,
    subject: service.slug,
    changes: merged.changes,
    writeId,
    createdAt: now,
  })
  const { landed, found } = await commit(db, change, entry, findSettingsNow(projectId, service.slug))
  const [current = null] = found[0]
  if (!landed) return { raced: current }
  return done(current ? { kind: 'saved', settings: current } : { kind: 'contended' })
}

function done(outcome: Outcome): { done: Outcome } {
  return { done: outcome }
}

function sendsSecret(service: Service, sent: Sent): boolean {
  return service.params.some(({ name, secret }) => secret && Object.hasOwn(sent.values, name))
}

/** What is wrong with where the sent URLs and hosts lead. What was saved before is left as it is. */
function blocked({ service, sent, allowLocalNetwork }: SaveRequest): FieldErrors {
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
