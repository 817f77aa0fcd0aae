import { registryFor } from '../../services/registry.ts'
import type { Json } from '../client.ts'
import type { Secrets } from './options.ts'
import type { Source, SourceProject } from './source.ts'
import type { Change, Target } from './target.ts'
import { type ServiceImport, translate } from './translate.ts'

/** A secret that has to be supplied. */
export interface MissingSecret {
  slug: string
  name: string
  /** Undefined if the service works without it. */
  reason: string | undefined
}

export interface Note {
  slug: string
  text: string
}

/** Planned changes of one project. */
export interface ProjectPlan {
  project: SourceProject
  /** Undefined if the target does not have the project yet. */
  id: number | undefined
  /** Parameters to send, by slug. */
  imports: Map<string, ServiceImport>
  changes: readonly Change[]
  missingSecrets: MissingSecret[]
  /** Services that are left out for another reason than a secret. */
  refused: Note[]
  notes: Note[]
}

interface Failure {
  path: string
  reason: string
}

export interface Plan {
  projects: readonly ProjectPlan[]
  failures: Failure[]
  /** Entries of the secrets file that no service needs: path, slug, name. */
  unused: readonly (readonly [string, string, string])[]
}

const SERVICES = registryFor(false)

/** Reads one project and compares it with the target. */
export async function planProject(
  source: Source,
  target: Target,
  project: SourceProject,
  secrets: Secrets,
): Promise<ProjectPlan> {
  checkPath(project.path)
  const { entries, unreadable } = await source.listServices(project)
  const id = await target.findProject(project.path)
  const saved = id === undefined ? new Map<string, Json>() : await target.listSettings(id)
  const plan: ProjectPlan = {
    project,
    id,
    imports: new Map(),
    changes: [],
    missingSecrets: [],
    refused: unreadable.map((slug) => ({ slug, text: 'left out: the source does not return its settings' })),
    notes: [],
  }
  for (const entry of entries) addService(plan, entry, secrets, saved)
  if (id === undefined) plan.changes = [...plan.imports.values()].map(creation)
  else plan.changes = await dryRunOrApply(target, id, plan, true)
  return plan
}

/** Applies a plan, as far as the target accepts it. */
export async function applyProject(target: Target, plan: ProjectPlan): Promise<void> {
  plan.id ??= await target.createProject(plan.project)
  plan.changes = await dryRunOrApply(target, plan.id, plan, false)
}

/** Returns whether the plan changes anything. */
export function isPending({ changes }: ProjectPlan): boolean {
  return changes.some(({ action }) => action !== 'unchanged')
}

/** Rejects a path that no GitLab has: in the report it could pass for columns or lines of our own. */
function checkPath(path: string): void {
  const isPath = path.split('/').every((segment) => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(segment))
  if (!isPath || path.length > 1024) throw new Error('its path has characters that a path cannot have')
}

function addService(plan: ProjectPlan, entry: Json, secrets: Secrets, saved: ReadonlyMap<string, Json>): void {
  const slug = String(entry.slug)
  const service = SERVICES.find(slug)
  if (!service) {
    const guess = SERVICES.closest(slug)
    plan.notes.push({ slug, text: `is not known here, and left out${guess ? `; there is ${guess}` : ''}` })
    return
  }
  const translated = translate(service, entry, { secrets, path: plan.project.path, saved: saved.get(slug) })
  const missingSecrets = translated.missingSecrets.map(({ name, required }) => ({
    slug,
    name,
    reason: required ? 'is required' : undefined,
  }))
  plan.missingSecrets.push(...missingSecrets)
  plan.notes.push(...translated.notes.map((text) => ({ slug, text })))
  plan.refused.push(...translated.missing.map((name) => ({ slug, text: `left out: ${name} is missing` })))
  if (translated.missing.length === 0 && !missingSecrets.some(({ reason }) => reason))
    plan.imports.set(slug, translated)
}

/** Sends the plan to the target. Services that it rejects are left out, so that the others pass. */
async function dryRunOrApply(
  target: Target,
  id: number,
  plan: ProjectPlan,
  dryRun: boolean,
): Promise<readonly Change[]> {
  while (plan.imports.size > 0) {
    const desired = Object.fromEntries([...plan.imports].map(([slug, { values }]) => [slug, values]))
    const outcome = await target.apply(id, desired, dryRun)
    if ('changes' in outcome) return withoutDeletions(outcome.changes)
    const before = plan.imports.size
    for (const [place, texts] of Object.entries(outcome.errors)) leaveOut(plan, place, texts.join(', '))
    if (plan.imports.size === before) throw new Error(`the target rejects: ${Object.keys(outcome.errors).join(', ')}`)
  }
  return []
}

/** An import only adds and changes: a target that deletes what is not sent must not be used. */
function withoutDeletions(changes: readonly Change[]): readonly Change[] {
  const deleted = changes.filter(({ action }) => action === 'delete').map(({ slug }) => slug)
  if (deleted.length > 0) throw new Error(`the target would delete ${deleted.join(', ')}`)
  return changes
}

function leaveOut(plan: ProjectPlan, place: string, text: string): void {
  const [slug = '', name = ''] = (place.startsWith('services.') ? place.slice('services.'.length) : place).split('.')
  const { service, values } = plan.imports.get(slug) ?? {}
  const isUnsentSecret = service?.params.some((param) => param.name === name && param.secret) && values?.[name] == null
  if (isUnsentSecret) plan.missingSecrets.push({ slug, name, reason: text })
  else plan.refused.push({ slug, text: ['left out:', name, text].filter(Boolean).join(' ') })
  plan.imports.delete(slug)
}

function creation({ service, values, secrets }: ServiceImport): Change {
  const names = secrets.map(({ name }) => name)
  const plain = Object.keys(values).filter((name) => !names.includes(name))
  return {
    slug: service.slug,
    action: 'create',
    fields: [
      ...plain.map((field) => ({ field, from: null, to: values[field] })),
      ...names.map((field) => ({ field, secret: 'changed' })),
    ],
  }
}
