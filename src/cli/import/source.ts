import { services } from '../../services/registry.ts'
import { type Api, hasStatus, isNoRoute, isObject, type Json } from './api.ts'

export interface SourceProject {
  id: number
  path: string
  name: string
  description: string | null
  defaultBranch: string | null
}

export interface Source {
  /** All projects whose settings the token may read. */
  projects(onPage: (soFar: number) => void): Promise<SourceProject[]>
  project(path: string): Promise<SourceProject>
  services(project: SourceProject): Promise<SourceServices>
}

interface SourceServices {
  /** The project's active services in the long shape; of those that only the source knows, what its list says. */
  entries: readonly Json[]
  /** Slugs that the source lists, and then does not answer. */
  untold: readonly string[]
}

const MAINTAINER = 40
const slugs: readonly string[] = services.map(({ slug }) => slug)
const slugsByTitle = new Map(services.map(({ title, slug }) => [title, slug]))

export function openSource(api: Api): Source {
  let spelling: 'integrations' | 'services' = 'integrations'
  let hasList = true

  async function projects(onPage: (soFar: number) => void): Promise<SourceProject[]> {
    const found = await api.all(`/projects?per_page=100&order_by=id&sort=asc${await ownOnly()}`, onPage)
    return found.flatMap(toProject).toSorted((one, other) => one.id - other.id)
  }

  /** GitLab's list holds every public project there is; an administrator may read the settings of all. */
  async function ownOnly(): Promise<string> {
    const user = await api.get('/user').catch(() => undefined)
    return isObject(user) && user.is_admin === true ? '' : `&min_access_level=${MAINTAINER}`
  }

  async function project(path: string): Promise<SourceProject> {
    const [found] = toProject(await api.get(`/projects/${encodeURIComponent(path)}`))
    if (!found) throw new Error('the source answers no project')
    return found
  }

  async function active({ id }: SourceProject): Promise<SourceServices> {
    const listed = hasList ? await list(id) : undefined
    const known = listed ? listed.map(slugOf).filter((slug) => slugs.includes(slug)) : slugs
    const read = await readAll(id, known)
    const foreign = listed?.filter((entry) => !slugs.includes(slugOf(entry))) ?? []
    return {
      entries: [...read, ...foreign.map((entry) => ({ ...entry, slug: slugOf(entry) }))].filter(isActive),
      untold: listed ? known.filter((slug) => !read.some((entry) => entry.slug === slug)) : [],
    }
  }

  /** GitLab says `services` up to 14.3, `integrations` from then on, and lists neither before 12.7: then all are asked for. */
  async function list(id: number): Promise<Json[] | undefined> {
    try {
      return (await api.all(`/projects/${id}/${spelling}`)).filter(isObject)
    } catch (error) {
      if (!isNoRoute(error)) throw error
      if (spelling === 'integrations') {
        spelling = 'services'
        return list(id)
      }
      hasList = false
    }
  }

  async function readAll(id: number, slugs: readonly string[]): Promise<Json[]> {
    const read: Json[] = []
    for (const slug of slugs) {
      const entry = await one(id, slug).catch((error: unknown) => {
        if (hasStatus(error, 400) || (hasStatus(error, 404) && !isNoProject(error.body))) return undefined
        throw error
      })
      if (entry) read.push({ ...entry, slug })
    }
    return read
  }

  async function one(id: number, slug: string): Promise<Json> {
    const entry = await api.get(`/projects/${id}/${spelling}/${slug}`)
    if (!isObject(entry)) throw new Error(`the source answers no settings of ${slug}`)
    return entry
  }

  return { projects, project, services: active }
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

/** A service that was never configured may be answered too, without an id. */
function isActive(entry: Json): boolean {
  return entry.active !== false && entry.id !== null
}

function isNoProject({ message }: Json): boolean {
  return typeof message === 'string' && message.includes('Project')
}
