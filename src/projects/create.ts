import type * as z from 'zod'
import type { FieldErrors } from '../schema/issues.ts'
import type { projectCreation } from '../schema/project.ts'
import type { Project } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { INSTANCE } from '../store/project-read.ts'
import { findProject, insertProject } from '../store/projects.ts'
import { projectEntry } from './audit.ts'
import { joinPath, pathError, pathFromName } from './path.ts'
import { changesBetween, initialValues, mergeFields } from './values.ts'

const MAX_ID = 2 ** 31 - 1

export interface CreateRequest {
  db: Database
  actor: Actor
  fields: z.output<typeof projectCreation>
}

export type CreateOutcome =
  | { kind: 'created'; project: Project }
  | { kind: 'invalid'; fields: FieldErrors }
  | { kind: 'unnamed' }

export async function createProject({ db, actor, fields }: CreateRequest): Promise<CreateOutcome> {
  const { id = null, name, namespace_path } = fields
  if (!name && !fields.path) return { kind: 'unnamed' }
  const path = fields.path ?? pathFromName(name ?? '')
  const fullPath = joinPath(namespace_path, path)
  const error = pathError(path, fullPath)
  if (error) return { kind: 'invalid', fields: { path: [error] } }
  if (id !== null && (id < 1 || id > MAX_ID))
    return { kind: 'invalid', fields: { id: [`must be between 1 and ${MAX_ID}`] } }

  const values = mergeFields(fields, initialValues(name ?? path, path, fullPath))
  const now = Date.now()
  const row = { ...values, id, version: 1, createdAt: now, updatedAt: now }
  const entry = projectEntry(actor, {
    projectId: null,
    action: 'project.created',
    changes: changesBetween({}, values),
  })
  const { committed, found } = await commit(db, insertProject(row), entry, findProject(fullPath).as(INSTANCE))
  const project = found[0].value
  if (committed && project) return { kind: 'created', project }
  return { kind: 'invalid', fields: { [project ? 'path' : 'id']: ['has already been taken'] } }
}
