import type { Values } from '../../schema/service.ts'
import { type ApiClient, hasStatus, isNoRoute, isObject, type Json } from '../client.ts'
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
type DesiredSettings = Readonly<Record<string, Values>>

/** Changes made or planned; or errors by `slug.field`. */
type Outcome = { changes: readonly Change[] } | { errors: Readonly<Record<string, readonly string[]>> }

/** The Patchbay that settings are imported into. */
export class Target {
  readonly #client: ApiClient

  constructor(client: ApiClient) {
    this.#client = client
  }

  /** Returns the project's id; undefined if there is none of that path. */
  async findProject(path: string): Promise<number | undefined> {
    try {
      return idOf(await this.#client.get(`/projects/${encodeURIComponent(path)}`))
    } catch (error) {
      if (hasStatus(error, 404) && !isNoRoute(error)) return undefined
      throw error
    }
  }

  async createProject({ path, name, description, defaultBranch }: SourceProject): Promise<number> {
    const segments = path.split('/')
    const body = {
      name,
      path: segments.at(-1),
      namespace_path: segments.slice(0, -1).join('/'),
      ...(description && { description }),
      ...(defaultBranch && { default_branch: defaultBranch }),
    }
    try {
      return idOf(await this.#client.send('POST', '/projects', body))
    } catch (error) {
      if (!hasStatus(error, 403)) throw error
      throw new Error('the target does not have the project, and only its instance token may create one')
    }
  }

  /** Returns what is saved, by slug, in the long shape. */
  async listSettings(id: number): Promise<ReadonlyMap<string, Json>> {
    const entries = await this.#client.list(`/projects/${id}/services?active=all&with_properties=true`)
    return new Map(entries.filter(isObject).map((entry) => [String(entry.slug), entry]))
  }

  async apply(id: number, services: DesiredSettings, dryRun: boolean): Promise<Outcome> {
    const query = dryRun ? '?dry_run=true' : ''
    try {
      return { changes: changesOf(await this.#client.send('PUT', `/projects/${id}/services${query}`, { services })) }
    } catch (error) {
      if (isNoRoute(error)) throw new Error('the target cannot set several services at once: it needs an update first')
      if (hasStatus(error, 400) && isObject(error.body.errors)) return { errors: errorsOf(error.body.errors) }
      throw error
    }
  }
}

function idOf(project: unknown): number {
  if (isObject(project) && typeof project.id === 'number') return project.id
  throw new Error('the target returns no project')
}

function changesOf(plan: unknown): Change[] {
  const changes = isObject(plan) && Array.isArray(plan.changes) ? plan.changes.filter(isObject) : []
  return changes.map(({ slug, action, fields }) => ({
    slug: String(slug),
    action: String(action),
    fields: Array.isArray(fields) ? (fields as FieldChange[]) : [],
  }))
}

function errorsOf(errors: Json): Record<string, string[]> {
  return Object.fromEntries(Object.entries(errors).map(([key, texts]) => [key, [texts].flat().map(String)]))
}
