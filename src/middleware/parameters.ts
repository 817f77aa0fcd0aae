import type { Context, Next } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { isControl, nearControl } from '../parameters/controls.ts'
import { checkExtent, type Fields, mergeFields, toFields } from '../parameters/fields.ts'
import { parseForm, parseQuery } from '../parameters/form.ts'
import { parseJson } from '../parameters/json.ts'
import { parseMultipartForm } from '../parameters/multipart.ts'
import { isAuthorsOwn } from '../parameters/names.ts'
import { parseYaml } from '../parameters/yaml.ts'
import { YAML_TYPES } from '../schema/media-types.ts'
import { bodyReader, decodeUtf8, rejectUnreadable } from './body.ts'
import { countRejections } from './rate-limit.ts'

const MAX_BYTES = 1024 * 1024
/** The body of a plan, its services, and the parameters of each. */
const PLAN_DEPTH = 3

const readBytes = bodyReader(MAX_BYTES)

/** Reads the query and a body in JSON or of a form (docs/rules.md#bodies). */
export const parameters = createMiddleware<AppEnv>((c, next) => readParameters(c, next, {}))

/** Reads parameters as `parameters` does, but from the query, which ends up in logs, only controls: for bodies with a secret. */
export const bodyParameters = createMiddleware<AppEnv>((c, next) => readParameters(c, next, { isBodyOnly: true }))

/** As `parameters`, for plans, which people keep in files: the body may be YAML, and names are checked in its services. */
export const fileParameters = createMiddleware<AppEnv>((c, next) => readParameters(c, next, { isFile: true }))

interface Source {
  /** The body may be YAML. */
  isFile?: boolean
  isBodyOnly?: boolean
}

async function readParameters(
  c: Context<AppEnv>,
  next: Next,
  { isFile = false, isBodyOnly = false }: Source,
): Promise<void> {
  const read = () => readFields(c, () => readBody(c, isFile), isBodyOnly)
  c.set('parameters', await countRejections(c, read))
  await next()
}

/**
 * Reads the parameters of a request. Those of its body come last: they win.
 * @throws the 400 of a query or a body that cannot be read
 */
export async function readFields(
  { req }: Pick<Context<AppEnv>, 'req'>,
  body: () => Fields | Promise<Fields>,
  isBodyOnly = false,
): Promise<Fields> {
  return rejectUnreadable(async () => {
    const query = toFields(parseQuery(new URL(req.url).search.slice(1)), 'query')
    const fields = mergeFields(isBodyOnly ? controlsOf(query) : query, await body())
    checkExtent(fields)
    checkControls(fields)
    return fields
  })
}

function controlsOf(query: Fields): Fields {
  return Object.fromEntries(Object.entries(query).filter(([name]) => isControl(name)))
}

/** @throws the 400 of names that are almost `dry_run` or `prune` */
function checkControls(fields: Fields): void {
  const near = Object.keys(fields).flatMap((name) => {
    const control = nearControl(name)
    return control === undefined ? [] : [[name, [`is unknown (did you mean ${control}?)`]] as const]
  })
  if (near.length > 0) throw errors.parameters(Object.fromEntries(near))
}

async function readBody(c: Context<AppEnv>, isFile: boolean): Promise<Fields> {
  const bytes = await readBytes(c)
  if (bytes.byteLength === 0) return {}
  const contentType = c.req.header('Content-Type') ?? ''
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (isFile && YAML_TYPES.includes(type)) return planFields(parseYaml(decodeUtf8(bytes, 'YAML')), 'YAML')
  switch (type) {
    case 'application/json': {
      const body = parseJson(decodeUtf8(bytes, 'JSON'))
      return isFile ? planFields(body, 'JSON') : toFields(Object.entries(body), 'JSON')
    }
    case 'application/x-www-form-urlencoded':
      return readForm(c, decodeUtf8(bytes, 'form'))
    case 'multipart/form-data':
      return toFields(parseMultipartForm(bytes, contentType), 'form')
    default:
      throw errors.contentType()
  }
}

/** Reads a plan without the author's own names at its top (`x-…`, `.…`). Controls are read in any notation. */
function planFields(body: Fields, format: string): Fields {
  const entries = Object.entries(body).filter(([name]) => isControl(name) || !isAuthorsOwn(name))
  return toFields(entries, format, PLAN_DEPTH)
}

function readForm(c: Context<AppEnv>, text: string): Fields {
  const fields = toFields(parseForm(text), 'form')
  const isBlank = (value: unknown) => [value].flat().every((part) => typeof part === 'string' && /^=*$/.test(part))
  if (Object.values(fields).every(isBlank)) c.set('namesWithoutValues', Object.keys(fields))
  return fields
}
