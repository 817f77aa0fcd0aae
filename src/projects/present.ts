import type * as z from 'zod'
import type { projectShape } from '../schema/project-response.ts'
import type { Project } from '../schema/tables.ts'
import { timestamp } from '../settings/present.ts'
import { namespaceOf } from './path.ts'

/** Returns GitLab's shape of a project; `baseUrl` is where its page is. */
export function presentProject(project: Project, baseUrl: URL): z.output<typeof projectShape> {
  const { id, name, path, fullPath, description, createdAt } = project
  const namespace = namespaceOf(project)
  const groups = namespace.split('/').filter(Boolean)
  const group = groups.at(-1)
  return {
    id,
    description,
    name,
    name_with_namespace: [...groups, name].join(' / '),
    path,
    path_with_namespace: fullPath,
    namespace: group === undefined ? null : { name: group, path: group, kind: 'group', full_path: namespace },
    default_branch: project.defaultBranch,
    emails_enabled: project.emailsEnabled,
    protected_branches: [...project.protectedBranches],
    visibility: 'private',
    web_url: new URL(fullPath, baseUrl).toString(),
    created_at: timestamp(createdAt),
    archived: false,
  }
}
