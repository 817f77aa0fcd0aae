import type { Values } from '../../schema/service.ts'
import { type Api, hasStatus, isNoRoute, isObject, type Json } from './api.ts'
import type { SourceProject } from './source.ts'

export interface FieldChange {
  field: string
  from?: unknown
  to?: unknown
  secret?: string
}

export interface Change {
  slug: string
  action: string
  fields: readonly FieldChange[]
}

/** Slug → the parameters to set. */
type Wanted = Readonly<Record<string, Values>>

/** What was, or would be, changed; or what stands in the way, by `slug.field`. */
type Outcome = { changes: readonly Change[] } | { errors: Readonly<Record<string, readonly string[]>> }

export interface Target {
  /** The project's id; undefined where there is none. */
  find(path: string): Promise<number | undefined>
  create(project: SourceProject): Promise<number>
  /** What is saved, by slug, in the long shape. */
  saved(id: number): Promise<ReadonlyMap<string, Json>>
  apply(id: number, services: Wanted, dryRun: boolean): Promise<Outcome>
}

export function openTarget(api: Api): Target {
  async function find(path: string): Promise<number | undefined> {
    try {
      return idOf(await api.get(`/projects/${encodeURIComponent(path)}`))
    } catch (error) {
      if (hasStatus(error, 404) && !isNoRoute(error)) return undefined
      throw error
    }
  }

  async function create({ path, name, description, defaultBranch }: SourceProject): Promise<number> {
    const segments = path.split('/')
    const body = {
      name,
      path: segments.at(-1),
      namespace_path: segments.slice(0, -1).join('/'),
      ...(description && { description }),
      ...(defaultBranch && { default_branch: defaultBranch }),
    }
    try {
      return idOf(await api.send('POST', '/projects', body))
    } catch (error) {
      if (!hasStatus(error, 403)) throw error
      throw new Error('the target does not have the project, and only its instance token may create one')
    }
  }

  async function saved(id: number): Promise<ReadonlyMap<string, Json>> {
    const entries = await api.all(`/projects/${id}/services?active=all&with_properties=true`)
    return new Map(entries.filter(isObject).map((entry) => [String(entry.slug), entry]))
  }

  async function apply(id: number, wanted: Wanted, dryRun: boolean): Promise<Outcome> {
    const query = dryRun ? '?dry_run=true' : ''
    try {
      const answer = await api.send('PUT', `/projects/${id}/services${query}`, { services: wanted })
      return { changes: changesOf(answer) }
    } catch (error) {
      if (isNoRoute(error)) throw new Error('the target cannot set several services at once: it needs an update first')
      if (hasStatus(error, 400) && isObject(error.body.errors)) return { errors: errorsOf(error.body.errors) }
      throw error
    }
  }

  return { find, create, saved, apply }
}

function idOf(project: unknown): number {
  if (isObject(project) && typeof project.id === 'number') return project.id
  throw new Error('the target answers no project')
}

function changesOf(answer: unknown): Change[] {
  const changes = isObject(answer) && Array.isArray(answer.changes) ? answer.changes.filter(isObject) : []
  return changes.map(({ slug, action, fields }) => ({
    slug: String(slug),
    action: String(action),
    fields: Array.isArray(fields) ? (fields as FieldChange[]) : [],
  }))
}

function errorsOf(errors: Json): Record<string, string[]> {
  return Object.fromEntries(Object.entries(errors).map(([key, texts]) => [key, [texts].flat().map(String)]))
}
