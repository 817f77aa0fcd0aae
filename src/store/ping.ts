import { projects } from '../schema/tables.ts'
import { query } from './database.ts'

const anyProject = query((db) => db.select({ id: projects.id }).from(projects).limit(1))

/** Asks for next to nothing: it answers where the database is there and migrated. */
export function ping() {
  return anyProject({})
}
