import type { FieldErrors } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import type { Change, Settings } from '../schema/tables.ts'
import type { Registry } from '../services/registry.ts'
import { deletionChanges } from './changes.ts'
import type { DesiredSettings } from './desired.ts'
import type { ParsedRequest } from './parse.ts'
import { type EditRequest, type PendingEdit, preview, type ValidationErrors, validateRequest } from './preview.ts'
import { endpointsMovedMeanwhile } from './race.ts'

export interface PlanRequest extends Omit<EditRequest, 'service' | 'sent'> {
  desired: DesiredSettings
  /** Deletes the settings of services that are not named. */
  prune: boolean
  registry: Registry
}

/** Change of the settings of one service. */
export type Step = {
  slug: string
  changes: readonly Change[]
  /** Secrets that the request sends. */
  sentSecrets: readonly string[]
  /** Remarks on what the request sends: field → text. */
  notes: Readonly<Record<string, string>>
} & (
  | { action: 'create'; edit: PendingEdit['edit'] }
  | { action: 'change'; edit: PendingEdit['edit']; saved: Settings }
  | { action: 'delete'; saved: Settings }
  | { action: 'unchanged' | 'absent' }
)

/** Everything that is wrong with a plan, by `slug.name`: for each service the errors of its own PUT. */
export interface Refusal {
  kind: 'invalid' | 'violations'
  fields: FieldErrors
}

export type Planned = Refusal | { kind: 'moved'; names: string[] } | { kind: 'planned'; steps: Step[] }

type Rows = readonly Settings[]

/** Returns the errors of a plan that do not depend on the saved rows. */
export function refusalOf(request: PlanRequest): Refusal | undefined {
  return toRefusal(
    request,
    request.desired.services.map((one) => validateRequest({ ...request, ...one })),
  )
}

/**
 * Compares what is desired with the rows as they are, and writes nothing. `found` holds the rows as the request found
 * them: other requests may have written in between.
 */
export async function plan(request: PlanRequest, rows: Rows, found: Rows): Promise<Planned> {
  const edits = await Promise.all(request.desired.services.map((one) => previewOne(request, one, rows)))
  const refusal = toRefusal(
    request,
    edits.map(({ errors }) => errors),
  )
  if (refusal) return refusal
  const names = edits.flatMap(({ service, sent, row }) =>
    endpointsMovedMeanwhile(service, sent, rowOf(service, found), row).map((name) => `${service.slug}.${name}`),
  )
  if (names.length > 0) return { kind: 'moved', names }
  return { kind: 'planned', steps: [...edits.map(toStep), ...deletions(request, rows)] }
}

/** Returns the slugs whose concurrent changes invalidate a plan; null, if it prunes, for all. */
export function guardedSlugs({ desired, prune }: PlanRequest): string[] | null {
  return prune ? null : desired.services.map(({ service }) => service.slug)
}

interface PlannedEdit {
  service: Service
  sent: ParsedRequest
  row: Settings | null
  pending: PendingEdit
  /** A PATCH finds nothing to edit. */
  isAbsent: boolean
  errors: ValidationErrors
}

async function previewOne(
  request: PlanRequest,
  one: DesiredSettings['services'][number],
  rows: Rows,
): Promise<PlannedEdit> {
  const row = rowOf(one.service, rows)
  const edit = { ...request, ...one }
  const isAbsent = request.method === 'PATCH' && row === null
  const pending = await preview(edit, row)
  return { ...one, row, pending, isAbsent, errors: isAbsent ? validateRequest(edit) : pending }
}

function rowOf({ slug }: Service, rows: Rows): Settings | null {
  return rows.find((row) => row.slug === slug) ?? null
}

export function toStep({ service, sent, row, isAbsent, pending }: Omit<PlannedEdit, 'errors'>): Step {
  const { edit, merged } = pending
  const { slug } = service
  if (isAbsent) return { slug, action: 'absent', ...NOTHING_SENT, changes: [] }
  const notes = service.notes(sent.values)
  const base = { slug, changes: merged.changes, sentSecrets: sentSecrets(service, sent), notes }
  if (!row) return { ...base, action: 'create', edit }
  return merged.changes.length === 0
    ? { ...base, action: 'unchanged' }
    : { ...base, action: 'change', edit, saved: row }
}

function sentSecrets(service: Service, { values }: ParsedRequest): string[] {
  return service.params.filter(({ name, secret }) => secret && typeof values[name] === 'string').map(({ name }) => name)
}

const NOTHING_SENT = { sentSecrets: [], notes: {} }

/** Never deletes the settings of development's services elsewhere: no plan can name them there. */
function deletions({ desired, prune, registry }: PlanRequest, rows: Rows): Step[] {
  if (!prune) return []
  const named = new Set(desired.services.map(({ service }) => service.slug))
  return rows.flatMap((saved): Step[] => {
    const { slug } = saved
    const service = named.has(slug) ? undefined : registry.find(slug)
    return service ? [toDeletion(service, saved)] : []
  })
}

export function toDeletion(service: Service, saved: Settings): Step {
  const changes = deletionChanges(service, saved)
  return { slug: service.slug, action: 'delete', saved, ...NOTHING_SENT, changes }
}

/** Returns for each service its invalid parameters or, if there is none, the rules that it violates. */
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
