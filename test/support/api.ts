import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { checkAnswer } from './contract.ts'

export const ADMIN = env.ADMIN_TOKEN

export interface Call {
  method?: string
  token?: string | null
  headers?: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  body?: BodyInit
  /** Bindings that differ from the usual ones. */
  env?: Partial<Record<keyof Bindings, unknown>>
}

/** Asks the Worker, as a client would: the instance token unless told otherwise. What it answers is as documented. */
export async function call(path: string, options: Call = {}): Promise<Response> {
  const request = requestOf(path, options)
  const { method, url } = request
  const response = options.env ? await callWith(request, options.env) : await exports.default.fetch(request)
  await checkAnswer(method, url, response)
  return response
}

async function callWith(request: Request, bindings: Call['env']): Promise<Response> {
  const context = createExecutionContext()
  const response = await worker.fetch(request, { ...env, ...bindings } as Bindings, context)
  await waitOnExecutionContext(context)
  return response
}

function requestOf(path: string, { method, token = ADMIN, headers, json, form, body }: Call): Request {
  const sent = new Headers(headers)
  if (token !== null) sent.set('PRIVATE-TOKEN', token)
  if (json !== undefined) sent.set('Content-Type', 'application/json')
  const content = json === undefined ? (form ? new URLSearchParams(form) : (body ?? null)) : JSON.stringify(json)
  const init = { method: method ?? (content === null ? 'GET' : 'PUT'), headers: sent, body: content }
  return new Request(new URL(path, 'https://patchbay.test/api/v4/'), init)
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests assert
  body: any
  headers: Headers
}

/** A JSON answer, with its status. */
export async function ask(path: string, options?: Call): Promise<Answer> {
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

/** The path of a service's settings in a project of its own. */
export async function newPlace(slug: string): Promise<{ id: number; list: string; path: string }> {
  const { id } = await newProject()
  return { id, list: `projects/${id}/services`, path: `projects/${id}/services/${slug}` }
}

/** The path of saved settings, and the answer of the PUT that saved them. */
export async function newSettings(slug: string, json: Record<string, unknown>) {
  const place = await newPlace(slug)
  const saved = await ask(place.path, { method: 'PUT', json })
  if (saved.status !== 200) throw new Error(`not saved: ${saved.status} ${JSON.stringify(saved.body)}`)
  return { ...place, saved: saved.body, etag: saved.headers.get('ETag') ?? '' }
}
