import type { Resource } from './operation.ts'
import { CATALOGUE, cached } from './resource.ts'

export const openApi: Resource = {
  tag: CATALOGUE,
  schemas: [],
  operations: {
    'GET /openapi.json': {
      id: 'getOpenApi',
      summary: 'Get this document',
      headers: ['If-None-Match'],
      responses: cached({
        description: 'OpenAPI 3.1 document',
        schema: { type: 'object', properties: { openapi: { type: 'string' } }, required: ['openapi'] },
        example: { openapi: '3.1.0' },
      }),
    },
  },
}
