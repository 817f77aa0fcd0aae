import type { Actor } from '../settings/actor.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { deleteProject, retireProject } from '../store/projects.ts'
import { projectEntry } from './audit.ts'

/** Deletes the project with its settings and tokens. Its id is never assigned again. */
export async function removeProject({ db, actor }: { db: Database; actor: Actor }, projectId: number): Promise<void> {
  const entry = projectEntry(actor, { projectId, action: 'project.deleted', changes: [] })
  await commit(db, deleteProject(projectId), entry, retireProject(projectId))
}
