import { auditOf, rows } from './database.ts'

export const SLACK = { webhook: 'https://hooks.example.com/1' }
export const ASANA = { api_key: 'Own-Key' }
export const JENKINS = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: 'Own-Pass' }

/** The rows of a project's settings. */
export const savedIn = (id: number) => rows('select * from settings where project_id = ? order by slug', id)

/** The audit entries of a project's settings. */
export async function entriesOf(id: number) {
  return (await auditOf(id)).filter(({ action }) => action.startsWith('settings.'))
}

/** All that a write of settings may change in a project. */
export const snapshot = async (id: number) => [await savedIn(id), await entriesOf(id)]
