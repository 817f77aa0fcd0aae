import type * as z from 'zod'
import { type JsonSchema, toJsonSchema } from '../schema/json-schema.ts'
import { exampleBody, exampleOf } from './example.ts'
import type { HeaderName, NamedSchema, OperationFacts, ResponseFacts, Tag } from './operation.ts'

const PAGE_HEADERS: readonly HeaderName[] = ['Link', 'X-Total', 'X-Total-Pages', 'X-Page', 'X-Per-Page']
const NEIGHBOURS: readonly HeaderName[] = ['X-Next-Page', 'X-Prev-Page']

/** Tags of more than one handler. */
export const SETTINGS: Tag = { name: 'Settings', description: 'Settings of the services of a project.' }
export const CATALOGUE: Tag = {
  name: 'Catalogue',
  description: 'The services that can be set up, and the description of this API. No token is needed.',
}

export const DELIVERY: Tag = { name: 'Delivery', description: 'Events and their deliveries to services.' }

/** The service that examples show. */
export const SHOWN = 'asana'

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

export function responseSchema(name: string, shape: z.ZodObject): NamedSchema {
  return { name, schema: toJsonSchema(shape) }
}

/** An open schema: the API ignores unknown parameters. */
export function requestSchema(name: string, shape: z.ZodObject): NamedSchema {
  const { additionalProperties: _, ...schema } = toJsonSchema(shape)
  return { name, schema: withDefaultsInWords(schema) }
}

/**
 * Moves defaults into descriptions. Generated clients send a schema's defaults, which in an edit would overwrite what is
 * saved.
 */
export function withDefaultsInWords(schema: JsonSchema, label = 'Default'): JsonSchema {
  const { default: value, properties, ...rest } = schema
  const described = Object.entries(properties ?? {}).map(([name, property]) => [
    name,
    withDefaultsInWords(property, label),
  ])
  return {
    ...rest,
    ...(value !== undefined && { description: `${rest.description}. ${label}: \`${JSON.stringify(value)}\`` }),
    ...(properties && { properties: Object.fromEntries(described) }),
  }
}

export function one({ name, schema }: NamedSchema, description: string): ResponseFacts {
  return { description, schema: ref(name), example: exampleOf(schema) }
}

export function page({ name, schema }: NamedSchema): ResponseFacts {
  return {
    description: 'One page of the list',
    schema: { type: 'array', items: ref(name) },
    example: [exampleOf(schema)],
    headers: [...PAGE_HEADERS, ...NEIGHBOURS],
  }
}

/** Responses that clients revalidate by ETag. */
export function cached(response: ResponseFacts): OperationFacts['responses'] {
  return { 200: { ...response, headers: ['ETag'] }, 304: { description: 'Not modified' } }
}

export function body({ name, schema }: NamedSchema) {
  return { schema: ref(name), example: exampleBody(schema) }
}
