import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { every } from 'hono/combine'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { fromYaml } from '../settings/yaml.ts'

const MAX_BYTES = 1024 * 1024
const MAX_NAMES = 100
/** Of lists and plans together: far more than any client sends. */
const MAX_VALUES = 10_000
/** No parameter is more than a list. */
const MAX_DEPTH = 10

type Fields = Record<string, unknown>

const limit = bodyLimit({
  maxSize: MAX_BYTES,
  onError: () => {
    throw errors.tooLarge()
  },
})

const YAML_TYPES: readonly string[] = ['application/yaml', 'application/x-yaml', 'text/yaml']

function reading(types: readonly string[]) {
  return createMiddleware<AppEnv>(async function parameters(c, next) {
    const query = new URL(c.req.url).search.slice(1)
    const fields = { ...fromUrlEncoded(query, 'query'), ...(await readBody(c, types)) }
    if (Object.keys(fields).length > MAX_NAMES) throw errors.excessive('Too many parameters')
    checkExtent(fields)
    c.set('parameters', fields)
    await next()
  })
}

/** Reads what the request sent: the query, and a body in JSON or of a form, which wins (docs/rules.md#bodies). */
export const parameters = every(limit, reading([]))

/** As `parameters`, where people write the body in a file: YAML is taken too. */
export const fileParameters = every(limit, reading(YAML_TYPES))

async function readBody(c: Context<AppEnv>, types: readonly string[]): Promise<Fields> {
  const bytes = await c.req.arrayBuffer()
  if (bytes.byteLength === 0) return {}
  const type = c.req.header('Content-Type') ?? ''
  const name = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (types.includes(name)) return fromYamlText(decode(bytes, 'YAML'))
  switch (name) {
    case 'application/json':
      return fromJson(bytes)
    case 'application/x-www-form-urlencoded':
      return fromUrlEncoded(decode(bytes, 'form'), 'form')
    case 'multipart/form-data':
      return fromMultipart(bytes, type)
    default:
      throw errors.contentType()
  }
}

function fromJson(bytes: ArrayBuffer): Fields {
  const text = decode(bytes, 'JSON')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw errors.unreadable('JSON')
  }
  return toFields(body)
}

function fromYamlText(text: string): Fields {
  let body: unknown
  try {
    body = fromYaml(text)
  } catch {
    throw errors.unreadable('YAML')
  }
  return toFields(body)
}

function toFields(body: unknown): Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {}
}

function fromUrlEncoded(text: string, format: string): Fields {
  try {
    decodeURIComponent(text)
  } catch {
    throw errors.unreadable(format)
  }
  return fromEntries(new URLSearchParams(text))
}

async function fromMultipart(bytes: ArrayBuffer, type: string): Promise<Fields> {
  try {
    return fromEntries(await new Response(bytes, { headers: { 'Content-Type': type } }).formData())
  } catch {
    throw errors.unreadable('form')
  }
}

/** The last of equal names wins, as in GitLab; `name[]` collects a list. */
function fromEntries(entries: Iterable<[string, unknown]>): Fields {
  const fields = new Map<string, unknown>()
  for (const [key, value] of entries) {
    const name = key.endsWith('[]') ? key.slice(0, -2) : key
    const list = fields.get(name)
    if (name === key) fields.set(name, value)
    else if (Array.isArray(list)) list.push(value)
    else fields.set(name, [value])
  }
  return Object.fromEntries(fields)
}

/**
 * Stops at the bounds: aliases of YAML can make little text hold more values than could be counted.
 * @throws the 400 of what is nested too deeply, or holds too many values
 */
function checkExtent(fields: Fields): void {
  let values = 0
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null) {
      if (++values > MAX_VALUES) throw errors.excessive('Too many values')
      return
    }
    if (depth === 0) throw errors.excessive('Too deeply nested')
    for (const inner of Object.values(value)) visit(inner, depth - 1)
  }
  visit(fields, MAX_DEPTH + 1)
}

function decode(bytes: ArrayBuffer, format: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    throw errors.unreadable(format)
  }
}
