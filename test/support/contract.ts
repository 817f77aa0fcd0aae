import { env } from 'cloudflare:workers'
import { dereference, type Schema, validate } from '@cfworker/json-schema'
import { app } from '../../src/app.ts'
import { services } from '../../src/services/registry.ts'

export interface Content {
  schema: Schema
  example?: unknown
  examples?: Record<string, { value: unknown }>
}

export interface Message {
  $ref?: string
  description?: string
  content?: Record<string, Content>
}

export interface Described {
  operationId: string
  summary: string
  tags: string[]
  parameters?: { $ref?: string; name?: string }[]
  requestBody?: Message
  responses: Record<string, Message>
}

interface Document {
  paths: Record<string, Record<string, Described | undefined>>
  components: { parameters: object; responses: Record<string, Message>; schemas: Record<string, Schema> }
}

/** The OpenAPI document, all services in it. */
export const document: Document = await (await app.request('/api/v4/openapi.json', {}, env)).json()

const operations = Object.values(document.paths).flatMap((item) => Object.values(item))
const used = [
  ...Object.values(document.components.responses),
  ...operations.flatMap((operation) => Object.values(operation?.responses ?? {})),
  ...operations.flatMap((operation) => operation?.requestBody ?? []),
].flatMap(({ content }) => content?.['application/json']?.schema ?? [])

// Only the schemas: the validator would take an example for one, wherever it has an `id`.
const lookup = dereference({
  components: { schemas: document.components.schemas },
  used: Object.fromEntries(used.entries()),
} as Schema)

/** The paths, those with the fewest placeholders first: one service's before that of any. */
const paths = Object.keys(document.paths)
  .map((path) => ({ path, pattern: patternOf(path) }))
  .sort((one, other) => one.path.split('{').length - other.path.split('{').length)

/** The operation that answers a request; undefined where there is none. */
export function operationOf(method: string, url: string): Described | undefined {
  const { pathname } = new URL(url)
  const hasPrefix = /^\/api\/v4(\/|$)/.test(pathname)
  const bare = pathname.replace(/^\/api\/v4(?=\/|$)/, '').replace(/(?<=.)\/$/, '') || '/'
  const path = withKnownSlug(bare.replace(/(^|\/)integrations(?=\/|$)/, '$1services'))
  const found = paths.find(
    ({ path: known, pattern }) => pattern.test(path) && (hasPrefix ? !isRoot(known) : isBare(known)),
  )
  return found && document.paths[found.path]?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
}

/** Returns the places where a value deviates from a schema of the document, or from one that it refers to. */
export function deviations(value: unknown, schema: Schema): string[] {
  // The settings of a list match one of many schemas: only a validation that stops early is quick.
  if (validate(value, schema, '2020-12', lookup, true).valid) return []
  const { errors } = validate(value, schema, '2020-12', lookup, false)
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)
}

/** @throws where an answer is none that the document tells of */
export async function checkAnswer(method: string, url: string, answer: Response): Promise<void> {
  const operation = operationOf(method, url)
  if (!operation) return
  const name = `${operation.operationId}, ${answer.status}`
  const declared = operation.responses[answer.status] ?? operation.responses[`${String(answer.status)[0]}XX`]
  const described = declared?.$ref ? document.components.responses[declared.$ref.split('/').at(-1) ?? ''] : declared
  if (!described) throw new Error(`${name}: not in the OpenAPI document`)
  const text = await answer.clone().text()
  if (text === '' && (method === 'HEAD' || !described.content)) return
  const type = answer.headers.get('Content-Type') ?? ''
  const schema = described.content?.[type]?.schema
  if (!schema) throw new Error(`${name}: the OpenAPI document has no such body: ${type} ${text}`)
  if (type !== 'application/json') return
  const found = deviations(JSON.parse(text), schema)
  if (found.length > 0) throw new Error(`${name}: not as documented: ${found.join('\n')}\n${text}`)
}

function isRoot(path: string): boolean {
  return document.paths[path]?.servers !== undefined
}

/** Returns whether a path is served without `/api/v4`. */
function isBare(path: string): boolean {
  return path === '/' || isRoot(path) || path.startsWith('/projects/{id}/services')
}

/** A slug that there is not has no operation of its own: what refuses it is what refuses all. */
function withKnownSlug(path: string): string {
  const [, head, slug] = /^(\/projects\/[^/]+\/services\/)([^/.]+)$/.exec(path) ?? []
  const isKnown = services.some((service) => service.slug === slug)
  return head && !isKnown ? `${head}${services[0]?.slug}` : path
}

function patternOf(path: string): RegExp {
  const source = path
    .replaceAll('.', '\\.')
    .replaceAll('{token_id}', '(self|\\d+)')
    .replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${source}$`)
}
