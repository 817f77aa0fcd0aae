import type * as z from 'zod'
import type { projectEdition } from '../schema/project.ts'
import type { projectShape } from '../schema/project-response.ts'
import type { Change } from '../schema/tables.ts'
import { redacted } from '../settings/redaction.ts'
import type { ProjectEdit } from '../store/projects.ts'
import { joinPath, namespaceOf } from './path.ts'

/** Fields of a project that a request may set. */
export type ProjectValues = Omit<ProjectEdit, 'updatedAt'>
type Fields = z.output<typeof projectEdition>

/** The values of a new project, and those that a blank parameter restores. */
const DEFAULTS = { description: null, defaultBranch: 'main', emailsEnabled: true, protectedBranches: [] }

const API_NAMES = {
  name: 'name',
  path: 'path',
  fullPath: 'path_with_namespace',
  description: 'description',
  defaultBranch: 'default_branch',
  emailsEnabled: 'emails_enabled',
  protectedBranches: 'protected_branches',
} as const satisfies Record<keyof ProjectValues, keyof z.output<typeof projectShape>>

/** Lays the parameters of a request over `saved`: omitted ones keep their value, blank ones get the default. */
export function mergeFields(fields: Fields, saved: ProjectValues): ProjectValues {
  const path = fields.path ?? saved.path
  return {
    name: fields.name ?? saved.name,
    path,
    fullPath: joinPath(namespaceOf(saved), path),
    description: merge(fields.description, saved.description, DEFAULTS.description),
    defaultBranch: merge(fields.default_branch, saved.defaultBranch, DEFAULTS.defaultBranch),
    emailsEnabled: merge(fields.emails_enabled, saved.emailsEnabled, DEFAULTS.emailsEnabled),
    protectedBranches: merge(fields.protected_branches, saved.protectedBranches, DEFAULTS.protectedBranches),
  }
}

/** Returns the values of a new project of which the request says nothing else. */
export function initialValues(name: string, path: string, fullPath: string): ProjectValues {
  return { ...DEFAULTS, name, path, fullPath }
}

/** Returns the values of `after` that differ from those of `before`, under the names that the API gives them. */
export function changesBetween(before: Partial<ProjectValues>, after: ProjectValues): Change[] {
  return Object.entries(API_NAMES).flatMap(([key, field]) => {
    const [from, to] = [before[key as keyof ProjectValues] ?? null, after[key as keyof ProjectValues]]
    return JSON.stringify(from) === JSON.stringify(to) ? [] : { field, from: redacted(from), to: redacted(to) }
  })
}

function merge<T>(sent: T | null | undefined, saved: T, fallback: T): T {
  return sent === undefined ? saved : (sent ?? fallback)
}
