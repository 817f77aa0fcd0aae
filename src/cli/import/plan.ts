import { rmSync, writeFileSync } from 'node:fs'
import type { Values } from '../../schema/service.ts'
import { closestSlug, findService } from '../../services/registry.ts'
import type { Json } from './api.ts'
import type { Options, Secrets } from './options.ts'
import type { Source, SourceProject } from './source.ts'
import type { Change, Target } from './target.ts'
import { type Draft, translate } from './translate.ts'

/** A secret that somebody has to supply. */
export interface Need {
  slug: string
  name: string
  /** Undefined where the service does without. */
  reason: string | undefined
}

export interface Note {
  slug: string
  text: string
}

/** What is to become of one project. */
export interface ProjectPlan {
  project: SourceProject
  /** Undefined where the target does not have it yet. */
  id: number | undefined
  /** What is sent, by slug. */
  drafts: Map<string, Draft>
  changes: readonly Change[]
  needs: Need[]
  /** Services that are left out though nothing can be supplied. */
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
  /** Places in the secrets file that no service asked for. */
  unused: readonly string[]
}

const DEVELOPMENT = false

/** Reads one project and compares it with the target. */
export async function planProject(
  source: Source,
  target: Target,
  project: SourceProject,
  secrets: Secrets,
): Promise<ProjectPlan> {
  const { entries, untold } = await source.services(project)
  const id = await target.find(project.path)
  const saved = id === undefined ? new Map<string, Json>() : await target.saved(id)
  const plan: ProjectPlan = { project, id, drafts: new Map(), changes: [], needs: [], refused: [], notes: [] }
  plan.refused.push(...untold.map((slug) => ({ slug, text: 'left out: the source does not tell its settings' })))
  for (const entry of entries) addService(plan, entry, secrets, saved)
  if (id === undefined) plan.changes = [...plan.drafts.values()].map(creation)
  else plan.changes = await settle(target, id, plan, true)
  return plan
}

/** Carries a plan out, for what can be. */
export async function applyProject(target: Target, plan: ProjectPlan): Promise<void> {
  plan.id ??= await target.create(plan.project)
  plan.changes = await settle(target, plan.id, plan, false)
}

/** Whether there is anything to do. */
export function isPending({ changes }: ProjectPlan): boolean {
  return changes.some(({ action }) => action !== 'unchanged')
}

function addService(plan: ProjectPlan, entry: Json, secrets: Secrets, saved: ReadonlyMap<string, Json>): void {
  const slug = String(entry.slug)
  const service = findService(slug, DEVELOPMENT)
  if (!service) {
    const guess = closestSlug(slug, DEVELOPMENT)
    plan.notes.push({ slug, text: `is not known here, and left out${guess ? `; there is ${guess}` : ''}` })
    return
  }
  const draft = translate(service, entry, suppliedFor(secrets, plan.project.path, slug), saved.get(slug))
  const needs = draft.lacking.map(({ name, required }) => ({
    slug,
    name,
    reason: required ? 'is required' : undefined,
  }))
  plan.needs.push(...needs)
  plan.notes.push(...draft.notes.map((text) => ({ slug, text })))
  plan.refused.push(...draft.missing.map((name) => ({ slug, text: `left out: ${name} is missing` })))
  if (draft.missing.length === 0 && !needs.some(({ reason }) => reason)) plan.drafts.set(slug, draft)
}

/** Asks the target; services that it refuses are left out, so that the others pass. */
async function settle(target: Target, id: number, plan: ProjectPlan, dryRun: boolean): Promise<readonly Change[]> {
  while (plan.drafts.size > 0) {
    const wanted = Object.fromEntries([...plan.drafts].map(([slug, { values }]) => [slug, values]))
    const outcome = await target.apply(id, wanted, dryRun)
    if ('changes' in outcome) return checked(outcome.changes)
    const before = plan.drafts.size
    for (const [place, texts] of Object.entries(outcome.errors)) leaveOut(plan, place, texts.join(', '))
    if (plan.drafts.size === before) throw new Error(`the target refuses: ${Object.keys(outcome.errors).join(', ')}`)
  }
  return []
}

/** An import only adds and changes: a target that would delete what is not sent must not be asked to. */
function checked(changes: readonly Change[]): readonly Change[] {
  const deleted = changes.filter(({ action }) => action === 'delete').map(({ slug }) => slug)
  if (deleted.length > 0) throw new Error(`the target would delete ${deleted.join(', ')}`)
  return changes
}

function leaveOut(plan: ProjectPlan, place: string, text: string): void {
  const [slug = '', name = ''] = place.replace(/^services\./, '').split('.')
  const { service, values } = plan.drafts.get(slug) ?? {}
  const isUnsentSecret = service?.params.some((param) => param.name === name && param.secret) && values?.[name] == null
  if (isUnsentSecret) plan.needs.push({ slug, name, reason: text })
  else plan.refused.push({ slug, text: ['left out:', name, text].filter(Boolean).join(' ') })
  plan.drafts.delete(slug)
}

function creation({ service, values, secrets }: Draft): Change {
  const plain = Object.keys(values).filter((name) => !secrets.includes(name))
  return {
    slug: service.slug,
    action: 'create',
    fields: [
      ...plain.map((field) => ({ field, from: null, to: values[field] })),
      ...secrets.map((field) => ({ field, secret: 'changed' })),
    ],
  }
}

function suppliedFor(secrets: Secrets, path: string, slug: string): Readonly<Record<string, string>> {
  return { ...own(own(secrets, '*'), slug), ...own(own(secrets, path), slug) }
}

function own<T extends object>(values: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return values && Object.hasOwn(values, name) ? values[name] : undefined
}

/** What the secrets file holds that nothing took: most often a misspelt name. */
export function unusedSecrets(secrets: Secrets, plans: readonly ProjectPlan[]): string[] {
  const isTaken = (path: string, slug: string, name: string) =>
    plans.some(
      ({ project, drafts }) =>
        (path === '*' || path === project.path) && drafts.get(slug)?.secrets.includes(name) === true,
    )
  return Object.entries(secrets).flatMap(([path, services]) =>
    Object.entries(services).flatMap(([slug, values]) =>
      Object.entries(values)
        .filter(([name, value]) => value !== '' && !isTaken(path, slug, name))
        .map(([name]) => `${path} ${slug} ${name}`),
    ),
  )
}

/** Writes the plan down, for its owner alone and without a secret. */
export function writePlan(file: string, { from, to }: Options, plan: Plan): void {
  const content = {
    from,
    to,
    made_at: new Date().toISOString(),
    projects: plan.projects.map(describe),
    secrets_to_supply: asSecretsFile(plan, (need) => need.reason !== undefined),
    optional_secrets: asSecretsFile(plan, (need) => need.reason === undefined),
    failed: plan.failures,
  }
  rmSync(file, { force: true })
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}

function describe({ project, id, drafts, changes, refused, notes }: ProjectPlan) {
  const services = changes.map(({ slug, action }) => [slug, { action, settings: withoutSecrets(drafts.get(slug)) }])
  const project_action = id === undefined ? 'create' : 'keep'
  return { path: project.path, project: project_action, services: Object.fromEntries(services), refused, notes }
}

function withoutSecrets(draft: Draft | undefined): Values {
  const entries = Object.entries(draft?.values ?? {})
  return Object.fromEntries(entries.map(([name, value]) => [name, draft?.secrets.includes(name) ? '(secret)' : value]))
}

/** What is to be supplied, as the file in which to do so: only the values are to be filled in. */
function asSecretsFile({ projects }: Plan, isIn: (need: Need) => boolean): Secrets {
  const file: Record<string, Record<string, Record<string, string>>> = {}
  for (const { project, needs } of projects)
    for (const { slug, name } of needs.filter(isIn)) {
      file[project.path] ??= {}
      const services = file[project.path] ?? {}
      services[slug] = { ...services[slug], [name]: '' }
    }
  return file
}
