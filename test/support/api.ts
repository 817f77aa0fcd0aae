import { env, exports } from 'cloudflare:workers'

export const ADMIN = env.ADMIN_TOKEN

export interface Call {
  method?: string
  token?: string | null
  headers?: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  body?: BodyInit
}

/** Asks the Worker, as a client would: the instance token unless told otherwise. */
export async function call(
  path: string,
  { method, token = ADMIN, headers, json, form, body }: Call = {},
): Promise<Response> {
  const sent = new Headers(headers)
  if (token !== null) sent.set('PRIVATE-TOKEN', token)
  if (json !== undefined) sent.set('Content-Type', 'application/json')
  const content = json === undefined ? (form ? new URLSearchParams(form) : (body ?? null)) : JSON.stringify(json)
  const init = { method: method ?? (content === null ? 'GET' : 'PUT'), headers: sent, body: content }
  return exports.default.fetch(new Request(new URL(path, 'https://patchbay.test/api/v4/'), init))
}

/** A JSON answer, with its status. */
// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests assert
export async function ask(path: string, options?: Call): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await call(path, options)
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}

let count = 0

/** A project of its own for a test. */
export async function newProject(fields: Record<string, unknown> = {}): Promise<{ id: number; path: string }> {
  count += 1
  const { status, body } = await ask('projects', {
    method: 'POST',
    json: { path: `project-${count}`, namespace_path: 'tests', ...fields },
  })
  if (status !== 201) throw new Error(`no project: ${status} ${JSON.stringify(body)}`)
  return { id: body.id, path: body.path_with_namespace }
}

export async function newToken(
  projectId: number,
  fields: Record<string, unknown> = {},
): Promise<{ id: number; token: string }> {
  const { status, body } = await ask(`projects/${projectId}/access_tokens`, {
    method: 'POST',
    json: { name: 'test', scopes: ['api'], ...fields },
  })
  if (status !== 201) throw new Error(`no token: ${status} ${JSON.stringify(body)}`)
  return { id: body.id, token: body.token }
}
