import { services } from '../../services/registry.ts'
import { type ApiClient, hasStatus, isNoRoute, isObject, type Json } from '../client.ts'
import { CommandError } from '../command.ts'

export interface SourceProject {
  id: number
  path: string
  name: string
  description: string | null
  defaultBranch: string | null
}

interface SourceServices {
  /** The project's active services in the long shape; those that only the source knows as its list has them. */
  entries: readonly Json[]
  /** Slugs that the source lists, but whose settings it does not return. */
  unreadable: readonly string[]
}

const MAINTAINER = 40
const slugs: readonly string[] = services.map(({ slug }) => slug)
const slugsByTitle = new Map(services.map(({ title, slug }) => [title, slug]))

/** A GitLab of any version, or a Patchbay. */
export class Source {
  readonly #client: ApiClient
  readonly #query: string
  #resource: 'integrations' | 'services' = 'integrations'
  #hasList = true

  constructor(client: ApiClient, withSecrets: boolean) {
    this.#client = client
    this.#query = withSecrets ? '?with_secrets=true' : ''
  }

  /** Returns all projects whose settings the token may read. */
  async listProjects(onPage: (count: number) => void): Promise<SourceProject[]> {
    const list = await this.#client.list(
      `/projects?per_page=100&order_by=id&sort=asc${await this.#memberFilter()}`,
      onPage,
    )
    return list.flatMap(toProject).toSorted((one, other) => one.id - other.id)
  }

  async findProject(path: string): Promise<SourceProject> {
    const [project] = toProject(await this.#client.get(`/projects/${encodeURIComponent(path)}`))
    if (!project) throw new Error('the source returns no project')
    return project
  }

  async listServices({ id }: SourceProject): Promise<SourceServices> {
    const listed = this.#hasList ? await this.#list(id) : undefined
    const known = listed ? listed.map(slugOf).filter((slug) => slugs.includes(slug)) : slugs
    const read = await this.#readAll(id, known)
    const foreign = listed?.filter((entry) => !slugs.includes(slugOf(entry))) ?? []
    return {
      entries: [...read, ...foreign.map((entry) => ({ ...entry, slug: slugOf(entry) }))].filter(isActive),
      unreadable: listed ? known.filter((slug) => !read.some((entry) => entry.slug === slug)) : [],
    }
  }

  /** GitLab lists every public project. An administrator may read the settings of all of them. */
  async #memberFilter(): Promise<string> {
    const user = await this.#client.get('/user').catch(() => undefined)
    return isObject(user) && user.is_admin === true ? '' : `&min_access_level=${MAINTAINER}`
  }

  /** GitLab has `/services` up to 14.3 and `/integrations` from then on, and no list before 12.7. */
  async #list(id: number): Promise<Json[] | undefined> {
    try {
      return (await this.#client.list(`/projects/${id}/${this.#resource}`)).filter(isObject)
    } catch (error) {
      if (!isNoRoute(error)) throw error
      if (this.#resource === 'integrations') {
        this.#resource = 'services'
        return this.#list(id)
      }
      this.#hasList = false
    }
  }

  async #readAll(id: number, known: readonly string[]): Promise<Json[]> {
    const read: Json[] = []
    for (const slug of known) {
      const entry = await this.#readOne(id, slug)
      if (entry) read.push({ ...entry, slug })
    }
    return read
  }

  async #readOne(id: number, slug: string): Promise<Json | undefined> {
    try {
      const entry = await this.#client.get(`/projects/${id}/${this.#resource}/${slug}${this.#query}`)
      if (isObject(entry)) return entry
    } catch (error) {
      if (hasStatus(error, 400) || (hasStatus(error, 404) && !isNoProject(error.body))) return undefined
      throw error
    }
    throw new Error(`the source returns no settings of ${slug}`)
  }
}

/** @throws CommandError if the source would not return secrets: no GitLab does, nor a token without the scope */
export async function checkReturnsSecrets(client: ApiClient): Promise<void> {
  const remedy = 'Import without --with-secrets, and supply secrets with --secrets FILE.'
  const version = await client.get('/version').catch(() => undefined)
  if (!isObject(version) || !String(version.revision).startsWith('patchbay'))
    throw new CommandError(['--with-secrets: the source is no Patchbay, and a GitLab returns no secrets'], remedy)
  const token = await client.get('/personal_access_tokens/self')
  const scopes = isObject(token) && Array.isArray(token.scopes) ? token.scopes : []
  if (!scopes.includes('read_secrets'))
    throw new CommandError(["--with-secrets: the source's token does not have the scope read_secrets"], remedy)
}

function toProject(value: unknown): SourceProject[] {
  if (!isObject(value) || typeof value.id !== 'number' || typeof value.path_with_namespace !== 'string') return []
  const { id, path_with_namespace: path, name, description, default_branch } = value
  return [
    {
      id,
      path,
      name: textOf(name) ?? path.split('/').at(-1) ?? path,
      description: textOf(description),
      defaultBranch: textOf(default_branch),
    },
  ]
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** Older lists have titles only. */
function slugOf({ slug, title }: Json): string {
  const text = String(title ?? '')
  return typeof slug === 'string' ? slug : (slugsByTitle.get(text) ?? text)
}

/** GitLab before 13.12 also returns services that were never configured, without an id. */
function isActive(entry: Json): boolean {
  return entry.active !== false && entry.id !== null
}

function isNoProject({ message }: Json): boolean {
  return typeof message === 'string' && message.includes('Project')
}
