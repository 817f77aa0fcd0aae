import type * as z from 'zod'
import type { FieldErrors } from '../schema/issues.ts'
import type { projectEdition } from '../schema/project.ts'
import { OWNER } from '../schema/roles.ts'
import type { Project } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'
import { type AttemptResult, retryOnConflict } from '../settings/retry.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { findProject, updateProject } from '../store/projects.ts'
import { projectEntry } from './audit.ts'
import { pathError } from './path.ts'
import { changesBetween, mergeFields } from './values.ts'

export interface EditRequest {
  db: Database
  actor: Actor
  fields: z.output<typeof projectEdition>
}

export type EditOutcome =
  | { kind: 'saved'; project: Project }
  | { kind: 'invalid'; fields: FieldErrors }
  | { kind: 'absent' | 'forbidden' | 'conflict' }

/**
 * Edits the project, which the request found as `saved`, and repeats the edit on newer rows after a conflict. A new
 * path needs an owner: signed tokens name projects by path, so who renames takes over what was signed for that path.
 */
export async function editProject(request: EditRequest, saved: Project): Promise<EditOutcome> {
  const outcome = await retryOnConflict<EditOutcome, Project>({
    key: `projects/${saved.id}`,
    row: saved,
    attempt: (project) => tryEdit(request, project),
    reread: async () => {
      const [{ value }] = await request.db.batch([findProject(saved.id).as(INSTANCE)] as const)
      return value
    },
  })
  return outcome ?? { kind: 'conflict' }
}

async function tryEdit(
  { db, actor, fields }: EditRequest,
  project: Project | null,
): Promise<AttemptResult<EditOutcome, Project>> {
  if (!project) return { done: { kind: 'absent' } }
  const next = mergeFields(fields, project)
  if (next.path !== project.path && actor.role < OWNER) return { done: { kind: 'forbidden' } }
  const error = pathError(next.path, next.fullPath)
  if (error) return { done: { kind: 'invalid', fields: { path: [error] } } }
  const changes = changesBetween(project, next)
  if (changes.length === 0) return { done: { kind: 'saved', project } }

  const entry = projectEntry(actor, { projectId: project.id, action: 'project.updated', changes })
  const change = updateProject(project, { ...next, updatedAt: Date.now() })
  const { committed, found } = await commit(
    db,
    change,
    entry,
    findProject(project.id).as(INSTANCE),
    findProject(next.fullPath).as(INSTANCE),
  )
  const [current, holder] = found.map(({ value }) => value)
  if (committed && current) return { done: { kind: 'saved', project: current } }
  if (holder && holder.id !== project.id)
    return { done: { kind: 'invalid', fields: { path: ['has already been taken'] } } }
  return { conflict: current ?? null }
}
