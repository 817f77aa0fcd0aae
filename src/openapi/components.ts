import type { JsonSchema } from '../schema/json-schema.ts'
import type { HeaderName, HeaderParameter, NamedSchema } from './operation.ts'
import { ref } from './resource.ts'

const TEXT: JsonSchema = { type: 'string' }
const COUNT: JsonSchema = { type: 'integer' }

export const errorSchemas: readonly NamedSchema[] = [
  {
    name: 'FieldErrors',
    schema: {
      description: 'What is wrong, by field',
      type: 'object',
      additionalProperties: { type: 'array', items: TEXT },
    },
  },
  {
    name: 'Error',
    schema: {
      type: 'object',
      properties: {
        message: { anyOf: [TEXT, ref('FieldErrors')] },
        error: TEXT,
        error_description: TEXT,
        scope: TEXT,
        errors: ref('FieldErrors'),
        allowed: {
          description: 'The values of fields that have others, by field',
          type: 'object',
          additionalProperties: { type: 'array' },
        },
        detail: TEXT,
      },
      anyOf: [{ required: ['message'] }, { required: ['error'] }],
      additionalProperties: false,
    },
  },
]

/** The parameters of paths, by the placeholder. */
const pathParameters: Readonly<Record<string, object>> = {
  id: {
    description: 'The project: its id, or its full path, URL-encoded',
    schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    examples: { id: { value: 1 }, path: { value: 'acme/demo' } },
  },
  token_id: {
    description: 'The token: its id, or `self`',
    schema: { anyOf: [{ type: 'integer' }, { const: 'self' }] },
  },
  slug: { description: 'The service', schema: TEXT, example: 'slack' },
}

const headerParameters: Readonly<Record<HeaderParameter, string>> = {
  Prefer: '`handling=strict` rejects unknown parameters instead of ignoring them',
  'If-Match': 'The ETag that what is saved must have; `*` where it must be there',
  'If-None-Match': 'The ETag that is known already; `*` where nothing may be saved yet',
  'If-Unmodified-Since': 'When what is saved was changed at the latest',
}

export const parameters = Object.fromEntries([
  ...Object.entries(pathParameters).map(([name, facts]) => [name, { name, in: 'path', required: true, ...facts }]),
  ...Object.entries(headerParameters).map(([name, description]) => [
    name,
    { name, in: 'header', description, schema: TEXT },
  ]),
])

export const headers: Readonly<Record<HeaderName | 'X-Request-Id' | 'Retry-After', object>> = {
  'X-Request-Id': { description: 'The name of the request, as logs and the audit trail have it', schema: TEXT },
  'Retry-After': { description: 'Seconds to wait', schema: COUNT },
  ETag: { description: 'Names what was answered', schema: TEXT },
  'X-Ignored-Parameters': { description: 'Parameters that were sent and are unknown: the first 20', schema: TEXT },
  'Preference-Applied': { description: 'The preference that the request was handled by', schema: TEXT },
  Link: { description: 'The pages around this one', schema: TEXT },
  'X-Total': { description: 'How many there are, where that is known', schema: COUNT },
  'X-Total-Pages': { description: 'How many pages there are, where that is known', schema: COUNT },
  'X-Page': { description: 'The number of the page', schema: COUNT },
  'X-Per-Page': { description: 'How many a page holds', schema: COUNT },
  'X-Next-Page': { description: 'The number of the next page, if there is one', schema: TEXT },
  'X-Prev-Page': { description: 'The number of the page before, if there is one', schema: TEXT },
}
