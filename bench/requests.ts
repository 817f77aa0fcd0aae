import { CONNECTIONS, type LoadRequest } from './load.ts'
import { projectsWith, slackOf, tokenOf } from './seed.ts'

/** The request that is sent for a project. */
export type RequestOf = (project: number) => LoadRequest

/** The project that a connection asks for. */
export type Placement = (connection: number) => number

const JSON_TYPE = { 'Content-Type': 'application/json' }

let edits = 0

export const patchbay = {
  get: (project) => ({ path: `/api/v4/projects/${project}/services/slack`, headers: auth(project) }),
  list: (project) => ({ path: `/api/v4/projects/${project}/services`, headers: auth(project) }),
  put: (project) => edit(`/api/v4/projects/${project}/services/slack`, auth(project)),
} satisfies Record<string, RequestOf>

export const baseline = {
  get: (project) => ({ path: `/${slackOf(project)}` }),
  put: (project) => edit(`/${slackOf(project)}`, {}),
} satisfies Record<string, RequestOf>

/** Takes as long as one trip to the distant D1, and does nothing else. */
export const trip: RequestOf = () => ({ path: '/trip' })

/** Each connection on a project of its own, far from the others'. */
export function ownRow(rows: number): Placement {
  return (connection) => 1 + connection * Math.floor(projectsWith(rows) / CONNECTIONS)
}

/** Each connection on any project, and never on one where another connection may be. */
export function anyRow(rows: number): Placement {
  const some = Math.floor(projectsWith(rows) / CONNECTIONS)
  return (connection) => 1 + connection * some + Math.floor(Math.random() * some)
}

/** All connections on the same project. */
export const sameRow: Placement = () => 1

/** Every edit changes something: what changes nothing would cost Patchbay one trip instead of two. */
function edit(path: string, headers: Record<string, string>): LoadRequest {
  edits += 1
  return { method: 'PUT', path, headers: { ...headers, ...JSON_TYPE }, body: `{"channel":"#edit-${edits}"}` }
}

function auth(project: number): Record<string, string> {
  return { 'PRIVATE-TOKEN': tokenOf(project) }
}
