import type { FieldErrors } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { Change, Settings } from '../schema/tables.ts'
import { findService } from '../services/registry.ts'
import type { DesiredSettings } from './desired.ts'
import { deletionChanges } from './merge.ts'
import type { ParsedRequest } from './parse.ts'
import { type EditRequest, type PendingEdit, preview, type ValidationErrors, validateRequest } from './preview.ts'

export interface PlanRequest extends Omit<EditRequest, 'service' | 'sent'> {
  desired: DesiredSettings
  /** Deletes the settings of services that are not named. */
  prune: boolean
  isDevelopment: boolean
}

/** What happens to the settings of one service. */
export type Step = {
  slug: string
  changes: readonly Change[]
  /** Secrets that were sent and are the same as the saved ones. */
  sameSecrets: readonly string[]
} & (
  | { action: 'create'; edit: PendingEdit['edit'] }
  | { action: 'change'; edit: PendingEdit['edit']; saved: Settings }
  | { action: 'delete'; saved: Settings }
  | { action: 'unchanged' | 'absent' }
)

/** All that is wrong with a plan, by `slug.name`: of each service what its own PUT would be refused for. */
export interface Refusal {
  kind: 'invalid' | 'violations'
  fields: FieldErrors
}

/** What a plan is refused for whatever is saved. */
export function refusalOf(request: PlanRequest): Refusal | undefined {
  return toRefusal(
    request,
    request.desired.services.map((one) => validateRequest({ ...request, ...one })),
  )
}

/** Compares what is desired with what is saved, and writes nothing. */
export async function plan(
  request: PlanRequest,
  rows: readonly Settings[],
): Promise<Refusal | { kind: 'planned'; steps: Step[] }> {
  const { desired, method, prune, isDevelopment } = request
  const saved = new Map(rows.map((row) => [row.slug, row]))
  const edits = await Promise.all(
    desired.services.map(async (one) => {
      const row = saved.get(one.service.slug) ?? null
      const isAbsent = method === 'PATCH' && row === null
      const pending = await preview({ ...request, ...one }, row)
      return { ...one, row, isAbsent, pending, errors: isAbsent ? validateRequest({ ...request, ...one }) : pending }
    }),
  )
  const refusal = toRefusal(
    request,
    edits.map(({ errors }) => errors),
  )
  if (refusal) return refusal

  const named = new Set(desired.services.map(({ service }) => service.slug))
  const steps = edits.map(({ service, sent, row, isAbsent, pending }): Step => {
    const { edit, merged } = pending
    const base = { slug: service.slug, changes: merged.changes, sameSecrets: [] }
    if (isAbsent) return { ...base, action: 'absent', changes: [] }
    if (!row) return { ...base, action: 'create', edit }
    const sameSecrets = sentSecrets(service, sent).filter((name) => !merged.changes.some(({ field }) => field === name))
    if (merged.changes.length === 0) return { ...base, action: 'unchanged', sameSecrets }
    return { ...base, action: 'change', edit, saved: row, sameSecrets }
  })
  const toDelete = prune ? rows.filter(({ slug }) => !named.has(slug)) : []
  return { kind: 'planned', steps: [...steps, ...toDelete.flatMap((row) => toDeletion(row, isDevelopment))] }
}

/** The rows that a plan speaks of: where others are written meanwhile, it stands. */
export function guardedSlugs({ desired, prune }: PlanRequest): string[] | null {
  return prune ? null : desired.services.map(({ service }) => service.slug)
}

/** Services that are known elsewhere only cannot be named here: what is saved for them stays. */
function toDeletion(saved: Settings, isDevelopment: boolean): Step[] {
  const service = findService(saved.slug, isDevelopment)
  if (!service) return []
  return [{ slug: saved.slug, action: 'delete', saved, changes: deletionChanges(service, saved), sameSecrets: [] }]
}

function sentSecrets(service: Service, { values }: ParsedRequest): string[] {
  const sent = service.params.filter(({ name, secret }) => secret && Object.hasOwn(values, name))
  return sent.map(({ name }) => name)
}

/** Of each service its ill-formed parameters, or where it has none, the rules that it breaks. */
function toRefusal({ desired }: PlanRequest, errors: readonly ValidationErrors[]): Refusal | undefined {
  const fields = desired.services.flatMap(({ service, sent }, at) => {
    const { invalid, violations } = errors[at] ?? {}
    const inherits = sent.values.use_inherited_settings === true && NOTHING_TO_INHERIT
    return Object.entries({ ...(invalid ?? { ...inherits, ...violations }) }).map(
      ([name, texts]) => [`${service.slug}.${name}`, texts] as const,
    )
  })
  const all = { ...desired.unreadable, ...Object.fromEntries(fields) }
  if (Object.keys(all).length === 0) return undefined
  const isInvalid = Object.keys(desired.unreadable).length > 0 || errors.some(({ invalid }) => invalid)
  return { kind: isInvalid ? 'invalid' : 'violations', fields: all }
}

const NOTHING_TO_INHERIT = { use_inherited_settings: ['has nothing to inherit from'] }
