import type * as z from 'zod'
import { type JsonSchema, toJsonSchema } from '../schema/json-schema.ts'
import { YAML_TYPES } from '../schema/media-types.ts'
import { OWNER } from '../schema/roles.ts'
import { type Rule, rules } from '../schema/rules.ts'
import { type ErrorResponseName, type ErrorSamples, errorResponses } from './error-responses.ts'
import type { OperationFacts, ResponseFacts } from './operation.ts'
import { ref, withDefaultsInWords } from './resource.ts'

/** One method of one route. */
export interface Operation extends OperationFacts {
  method: string
  path: string
  tag: string
}

/** Facts of the program that operations are described with. */
export interface SharedFacts {
  errors: Readonly<Record<ErrorResponseName, ErrorSamples>>
}

const ROLES: Readonly<Record<number, string>> = { 10: 'guest', 40: 'maintainer' }
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data']
const TEXT: JsonSchema = { type: 'string' }

/** The Operation Object of OpenAPI. */
export function describeOperation(operation: Operation, facts: SharedFacts): object {
  const { id, tag, summary, description, deprecated, rule, body } = operation
  const needs = rule && describeRule(rules[rule])
  const parameters = describeParameters(operation)
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...((description || needs) && { description: [description, needs].filter(Boolean).join('\n\n') }),
    ...(deprecated && { deprecated }),
    ...(!rule && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: describeBody(body) } }),
    responses: describeResponses(operation, facts),
  }
}

/** In words: OpenAPI has scopes for OAuth only. */
function describeRule({ scopes, role }: Rule): string {
  if (role > OWNER) return 'Requires the instance token.'
  if (scopes.length === 0) return 'Requires any valid token.'
  const names = scopes.map((scope) => `\`${scope}\``).join(' or ')
  if (role === 0) return `Requires a token with the scope ${names}, of any role.`
  return `Requires a token with the scope ${names} and at least the role ${role} (${ROLES[role]}).`
}

function describeParameters({ path, query, headers = [] }: Operation): object[] {
  const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  const shared = (name: string | undefined) => ({ $ref: `#/components/parameters/${name}` })
  return [...placeholders.map(shared), ...(query ? queryParameters(query) : []), ...headers.map(shared)]
}

function queryParameters(query: z.ZodObject): object[] {
  const { properties = {} } = withDefaultsInWords(toJsonSchema(query))
  return Object.entries(properties).map(([name, { description, ...schema }]) => {
    const isRequired = query.shape[name]?.safeParse(undefined).success === false
    return { name, in: 'query', ...(isRequired && { required: true }), description, schema }
  })
}

function describeBody({ schema, example, isFile }: NonNullable<Operation['body']>): object {
  const others = isFile ? YAML_TYPES : FORM_TYPES
  return { 'application/json': { schema, example }, ...Object.fromEntries(others.map((type) => [type, { schema }])) }
}

function describeResponses(operation: Operation, { errors }: SharedFacts): object {
  const responses = Object.entries(operation.responses).map(([status, response]) => [
    status,
    describeResponse(response),
  ])
  const failures = errorsOf(operation).map((name) => {
    const { status } = errors[name]
    const own = operation.errorExamples?.[status]
    const shared = { $ref: `#/components/responses/${name}` }
    return [name === 'ClientError' ? '4XX' : String(status), own ? describeError(name, errors[name], own) : shared]
  })
  return Object.fromEntries([...failures, ...responses])
}

function describeResponse({ description, schema, example, headers = [], isYaml }: ResponseFacts): object {
  const described = ['X-Request-Id', ...headers].map((name) => [name, { $ref: `#/components/headers/${name}` }])
  return {
    description,
    headers: Object.fromEntries(described),
    ...(schema && {
      content: {
        'application/json': { schema, example },
        ...(isYaml && Object.fromEntries(YAML_TYPES.map((type) => [type, { schema: TEXT }]))),
      },
    }),
  }
}

/** The errors that follow from the kind of the request, and those that the operation lists. */
function errorsOf({ method, path, rule, query, isRoot, errors = [] }: Operation): ErrorResponseName[] {
  const isWrite = method !== 'get'
  const isOf = (part: string) => path.includes(`{${part}}`)
  const has404 = errors.some((name) => name.endsWith('NotFound'))
  const found: readonly (readonly [unknown, readonly ErrorResponseName[]])[] = [
    [isWrite, ['BadRequest', 'TooLarge', 'UnsupportedMediaType']],
    [!isWrite && query, ['BadQuery']],
    [rule, ['Unauthorized', 'TooManyRequests']],
    [rule && rule !== 'anyToken', ['Forbidden']],
    [isOf('id') && !has404, [isOf('token_id') ? 'TokenNotFound' : 'ProjectNotFound']],
    [true, errors],
    [true, ['InternalServerError']],
    [!isRoot, ['Unavailable']],
    [!rule && errors.length === 0, ['ClientError']],
  ]
  return found.flatMap(([applies, names]) => (applies ? names : []))
}

/** The Response Object of an error, with the examples of one operation besides the shared ones. */
export function describeError(
  name: ErrorResponseName,
  { status, bodies }: ErrorSamples,
  own: Readonly<Record<string, unknown>> = {},
): object {
  const retry = [429, 503].includes(status) && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }
  const examples = Object.entries({ ...bodies, ...own }).map(([example, value]) => [example, { value }])
  return {
    description: errorResponses[name],
    headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' }, ...retry },
    content: { 'application/json': { schema: ref('Error'), examples: Object.fromEntries(examples) } },
  }
}
