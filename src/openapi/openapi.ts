import type { Resource } from './operation.ts'
import { cached } from './resource.ts'

export const openApi: Resource = {
  tag: 'Catalogue',
  schemas: [],
  operations: {
    'GET /openapi.json': {
      id: 'getOpenApi',
      summary: 'This document',
      preconditions: ['If-None-Match'],
      responses: cached({
        description: 'OpenAPI 3.1',
        schema: { type: 'object', required: ['openapi'] },
        example: { openapi: '3.1.0' },
      }),
    },
  },
}
