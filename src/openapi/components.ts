import type { JsonSchema } from '../schema/json-schema.ts'
import type { HeaderName, HeaderParameter, NamedSchema } from './operation.ts'
import { ref } from './resource.ts'

const TEXT: JsonSchema = { type: 'string' }
const COUNT: JsonSchema = { type: 'integer' }

export const errorSchemas: readonly NamedSchema[] = [
  {
    name: 'FieldErrors',
    schema: {
      description: 'Error messages, by field',
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
    description: 'Project ID, or URL-encoded full path',
    schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    examples: { id: { value: 1 }, path: { value: 'acme/demo' } },
  },
  token_id: {
    description: 'Token ID, or `self` for the token of the request',
    schema: { anyOf: [{ type: 'integer' }, { const: 'self' }] },
  },
  delivery_id: { description: 'Delivery ID', schema: { type: 'integer' }, example: 31 },
  slug: { description: 'Slug of the service', schema: TEXT, example: 'slack' },
  trigger: { description: 'Event of the service', schema: TEXT, example: 'push_events' },
}

const headerParameters: Readonly<Record<HeaderParameter, string>> = {
  Prefer: '`handling=strict` rejects unknown parameters instead of ignoring them',
  'If-Match': 'ETag that the saved settings must have. `*` requires that settings exist',
  'If-None-Match': 'ETag of a known version: GET returns 304 if it is current. With `*`, PUT only creates settings',
  'If-Unmodified-Since': 'HTTP date: the settings must not have changed since',
}

export const parameters = Object.fromEntries([
  ...Object.entries(pathParameters).map(([name, facts]) => [name, { name, in: 'path', required: true, ...facts }]),
  ...Object.entries(headerParameters).map(([name, description]) => [
    name,
    { name, in: 'header', description, schema: TEXT },
  ]),
])

export const headers: Readonly<Record<HeaderName | 'X-Request-Id' | 'Retry-After', object>> = {
  'X-Request-Id': { description: 'ID of the request, as in logs and audit events', schema: TEXT },
  'Retry-After': { description: 'Number of seconds to wait', schema: COUNT },
  ETag: { description: 'Version of the response', schema: TEXT },
  'X-Ignored-Parameters': {
    description: 'Names of the unknown parameters that were ignored, 20 at most',
    schema: TEXT,
  },
  'Preference-Applied': { description: 'Preference that was applied', schema: TEXT },
  Link: { description: 'URLs of the first, previous, next and last page', schema: TEXT },
  'X-Total': { description: 'Number of items, if known', schema: COUNT },
  'X-Total-Pages': { description: 'Number of pages, if known', schema: COUNT },
  'X-Page': { description: 'Page number', schema: COUNT },
  'X-Per-Page': { description: 'Number of items per page', schema: COUNT },
  'X-Next-Page': { description: 'Number of the next page, if any', schema: TEXT },
  'X-Prev-Page': { description: 'Number of the previous page, if any', schema: TEXT },
}
