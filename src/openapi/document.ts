import type * as z from 'zod'
import { type JsonSchema, toJsonSchema } from '../schema/json-schema.ts'
import type { Service } from '../schema/service.ts'
import type { Answer, HeaderName, Operation, Rule, RuleName } from './operation.ts'
import { type ErrorName, type RefusalName, refusals } from './refusals.ts'
import { ref, resourceOperations, resourceSchemas } from './resources.ts'
import { type ServiceExamples, serviceOperations, serviceSchemas, sharedSchemas } from './services.ts'

/** What the document tells of the program that serves it. */
export interface Facts {
  version: string
  services: readonly Service[]
  rules: Readonly<Record<RuleName, Rule>>
  /** The bodies of the errors. */
  errors: Readonly<Record<ErrorName, unknown>>
  examples: Readonly<Record<string, ServiceExamples>>
}

const PREFIX = '/api/v4'

const ABOUT = `Settings for the services of your projects, as GitLab’s Services API, with or without \`${PREFIX}\` in front of
what stands under \`/projects/{id}/services\`. \`/integrations\` is another name of \`/services\`, everywhere.

What is sent is coerced as GitLab does: flags may be words, numbers may be text, forms do as well as JSON. The schemas
show the one form that is answered.`

const LEVELS: Readonly<Record<number, string>> = { 10: 'guest', 40: 'maintainer' }
const HIGHEST = 50
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data']
const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml']

/** The API in OpenAPI 3.1. */
export function describeApi(facts: Facts): object {
  const operations = operationsOf(facts)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const about = new Map(facts.services.map((service) => [service.title, aboutService(service)]))
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const { path, method, isRoot } = operation
    const item = paths[path] ?? (isRoot ? { servers: [{ url: '/' }] } : {})
    paths[path] = { ...item, [method]: describeOperation(operation, facts) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Patchbay',
      version: facts.version,
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: PREFIX }],
    security: [{ 'PRIVATE-TOKEN': [] }, { Bearer: [] }],
    tags: tags.map((name) => ({ name, ...(about.has(name) && { description: about.get(name) }) })),
    paths,
    components: {
      securitySchemes: {
        'PRIVATE-TOKEN': { type: 'apiKey', in: 'header', name: 'PRIVATE-TOKEN' },
        Bearer: { type: 'http', scheme: 'bearer', description: 'The same, or a signed token (JWT)' },
      },
      parameters,
      headers,
      responses: Object.fromEntries(
        Object.keys(refusals).map((name) => [name, describeRefusal(name as RefusalName, facts)]),
      ),
      schemas: {
        ...errorSchemas,
        ...sharedSchemas(),
        ...resourceSchemas(),
        ...Object.assign({}, ...facts.services.map(serviceSchemas)),
      },
    },
  }
}

function operationsOf({ services, examples }: Facts): Operation[] {
  const settings = services.flatMap((service) => {
    const own = examples[service.slug]
    return own ? [{ service, own }] : []
  })
  const listed: Answer = {
    description:
      'The settings, by id; `properties` and `secrets` are in the long shape alone. With `export=true`, the file instead',
    schema: { anyOf: [{ type: 'array', items: ref('Settings') }, ref('Export')] },
    isYaml: true,
    example: settings.slice(0, 1).map(({ own }) => own.settings),
  }
  const resources = resourceOperations(services, listed)
  return [...resources, ...settings.flatMap(({ service, own }) => serviceOperations(service, own))]
}

function aboutService({ description, deprecated, confined }: Service): string {
  return [description, deprecated, confined].filter(Boolean).join(' ')
}

function describeOperation(operation: Operation, facts: Facts): object {
  const { id, tag, summary, description, deprecated, rule, body, preconditions = [] } = operation
  const asks = rule && describeRule(facts.rules[rule])
  const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const fields = [
    ...names.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...(operation.query ? queryParameters(operation.query) : []),
    ...preconditions.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ]
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...((description || asks) && { description: [description, asks].filter(Boolean).join('\n\n') }),
    ...(deprecated && { deprecated }),
    ...(!rule && { security: [] }),
    ...(fields.length > 0 && { parameters: fields }),
    ...(body && { requestBody: { content: bodyContent(body) } }),
    responses: describeAnswers(operation, facts),
  }
}

/** In words: OpenAPI knows scopes of OAuth only. */
function describeRule({ scopes, role }: Rule): string {
  if (role > HIGHEST) return 'Asks for the instance token.'
  if (scopes.length === 0) return 'Asks for any token that lives.'
  const names = scopes.map((scope) => `\`${scope}\``).join(' or ')
  return `Asks for a token with the scope ${names} and the role ${role} (${LEVELS[role]}) or above.`
}

function queryParameters(query: z.ZodObject): object[] {
  const { properties = {} } = toJsonSchema(query)
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    return { name, in: 'query', description, schema }
  })
}

function bodyContent({ schema, example, isFile }: NonNullable<Operation['body']>): object {
  const others = isFile ? YAML_TYPES : FORM_TYPES
  return { 'application/json': { schema, example }, ...Object.fromEntries(others.map((type) => [type, { schema }])) }
}

function describeAnswers(operation: Operation, facts: Facts): object {
  const answers = Object.entries(operation.answers).map(([status, answer]) => [status, describeAnswer(answer)])
  const refused = refusalsOf(operation).map((name) => {
    const { status } = refusals[name]
    const own = operation.refused?.[status]
    const shared = { $ref: `#/components/responses/${name}` }
    return [String(status), own ? describeRefusal(name, facts, own) : shared]
  })
  return Object.fromEntries([...refused, ...answers])
}

function describeAnswer({ description, schema, example, headers: names = [], isYaml }: Answer): object {
  const own = ['X-Request-Id', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return {
    description,
    headers: Object.fromEntries(own),
    ...(schema && {
      content: {
        'application/json': { schema, example },
        ...(isYaml && Object.fromEntries(YAML_TYPES.map((type) => [type, { schema: TEXT }]))),
      },
    }),
  }
}

/** What follows from how the request is made, and what the operation names itself. */
function refusalsOf({ method, path, rule, query, isRoot, refusals = [] }: Operation): RefusalName[] {
  const isWrite = method !== 'get'
  const isOf = (part: string) => path.includes(`{${part}}`)
  const has404 = refusals.some((name) => name.endsWith('NotFound'))
  const found: readonly (readonly [unknown, readonly RefusalName[]])[] = [
    [isWrite, ['BadRequest', 'TooLarge', 'UnsupportedMediaType']],
    [!isWrite && query, ['BadQuery']],
    [rule, ['Unauthorized', 'TooManyRequests']],
    [rule && rule !== 'anyToken', ['Forbidden']],
    [isOf('id') && !has404, [isOf('token_id') ? 'TokenNotFound' : 'ProjectNotFound']],
    [true, refusals],
    [true, ['InternalServerError']],
    [!isRoot, ['Unavailable']],
  ]
  return found.flatMap(([applies, names]) => (applies ? names : []))
}

function describeRefusal(name: RefusalName, facts: Facts, own: Readonly<Record<string, unknown>> = {}): object {
  const { status, description, errors } = refusals[name]
  const shared = Object.fromEntries(errors.map((error) => [error, facts.errors[error]]))
  const retry = [429, 503].includes(status) && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }
  const examples = Object.entries({ ...shared, ...own }).map(([error, value]) => [error, { value }])
  return {
    description,
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' }, ...retry },
    content: { 'application/json': { schema: ref('Error'), examples: Object.fromEntries(examples) } },
  }
}

const TEXT: JsonSchema = { type: 'string' }
const COUNT: JsonSchema = { type: 'integer' }

const errorSchemas: Record<string, JsonSchema> = {
  FieldErrors: {
    description: 'What is wrong, by field',
    type: 'object',
    additionalProperties: { type: 'array', items: TEXT },
  },
  Error: {
    type: 'object',
    properties: {
      message: { anyOf: [TEXT, ref('FieldErrors')] },
      error: TEXT,
      error_description: TEXT,
      scope: TEXT,
      errors: ref('FieldErrors'),
      detail: TEXT,
    },
    anyOf: [{ required: ['message'] }, { required: ['error'] }],
    additionalProperties: false,
  },
}

const parameters = {
  id: {
    name: 'id',
    in: 'path',
    required: true,
    description: 'The project: its id, or its full path, URL-encoded',
    schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    examples: { id: { value: 42 }, path: { value: 'acme/demo' } },
  },
  token_id: {
    name: 'token_id',
    in: 'path',
    required: true,
    description: 'The token: its id, or `self`',
    schema: { anyOf: [{ type: 'integer' }, { const: 'self' }] },
  },
  slug: { name: 'slug', in: 'path', required: true, description: 'The service', schema: TEXT, example: 'slack' },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'The ETag that what is saved must have; `*` where it must be there',
    schema: TEXT,
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'The ETag that is known already; `*` where nothing may be saved yet',
    schema: TEXT,
  },
  'If-Unmodified-Since': {
    name: 'If-Unmodified-Since',
    in: 'header',
    description: 'When what is saved was changed at the latest',
    schema: TEXT,
  },
}

const headers: Readonly<Record<HeaderName | 'X-Request-Id' | 'Retry-After', object>> = {
  'X-Request-Id': { description: 'The name of the request, as logs and the audit trail have it', schema: TEXT },
  'Retry-After': { description: 'Seconds to wait', schema: COUNT },
  ETag: { description: 'Names what was answered', schema: TEXT },
  'X-Ignored-Parameters': { description: 'What was sent and is no parameter, percent-encoded', schema: TEXT },
  Link: { description: 'The pages around this one', schema: TEXT },
  'X-Total': { description: 'How many there are, where that is known', schema: COUNT },
  'X-Total-Pages': { description: 'How many pages there are, where that is known', schema: COUNT },
  'X-Page': { description: 'The number of the page', schema: COUNT },
  'X-Per-Page': { description: 'How many a page holds', schema: COUNT },
  'X-Next-Page': { description: 'The number of the next page, if there is one', schema: TEXT },
  'X-Prev-Page': { description: 'The number of the page before, if there is one', schema: TEXT },
}
