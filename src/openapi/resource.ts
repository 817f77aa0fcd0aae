import type * as z from 'zod'
import { type JsonSchema, toJsonSchema } from '../schema/json-schema.ts'
import { exampleBody, exampleOf } from './example.ts'
import type { HeaderName, NamedSchema, OperationFacts, ResponseFacts } from './operation.ts'

const PAGE_HEADERS: readonly HeaderName[] = ['Link', 'X-Total', 'X-Total-Pages', 'X-Page', 'X-Per-Page']
const NEIGHBOURS: readonly HeaderName[] = ['X-Next-Page', 'X-Prev-Page']

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

export function responseSchema(name: string, shape: z.ZodObject): NamedSchema {
  return { name, schema: toJsonSchema(shape) }
}

/** An open schema: the API ignores unknown parameters. */
export function requestSchema(name: string, shape: z.ZodObject): NamedSchema {
  const { additionalProperties: _, ...schema } = toJsonSchema(shape)
  return { name, schema }
}

export function one({ name, schema }: NamedSchema, description: string): ResponseFacts {
  return { description, schema: ref(name), example: exampleOf(schema) }
}

export function page({ name, schema }: NamedSchema): ResponseFacts {
  return {
    description: 'A page of them',
    schema: { type: 'array', items: ref(name) },
    example: [exampleOf(schema)],
    headers: [...PAGE_HEADERS, ...NEIGHBOURS],
  }
}

/** Responses that clients revalidate by ETag. */
export function cached(response: ResponseFacts): OperationFacts['responses'] {
  return { 200: { ...response, headers: ['ETag'] }, 304: { description: 'It is as `If-None-Match` names it' } }
}

export function body({ name, schema }: NamedSchema) {
  return { schema: ref(name), example: exampleBody(schema) }
}
