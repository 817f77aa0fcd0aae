import { catalogShape, describeService } from '../schema/catalog.ts'
import type { Service } from '../schema/service.ts'
import type { Resource } from './operation.ts'
import { CATALOGUE, cached, ref, responseSchema } from './resource.ts'

export function catalog(services: readonly Service[]): Resource {
  const described = services.find(({ params }) => params.length > 0)
  const example = described && describeService(described)
  return {
    tag: CATALOGUE,
    schemas: [responseSchema('Service', catalogShape)],
    operations: {
      'GET /services': {
        id: 'listServices',
        summary: 'Every service that there is to set up',
        headers: ['If-None-Match'],
        responses: cached({
          description: 'All services, by slug',
          schema: { type: 'array', items: ref('Service') },
          example: [example],
        }),
      },
      'GET /services/{slug}': {
        id: 'getService',
        summary: 'One service: its parameters, events, and the schema of its settings',
        headers: ['If-None-Match'],
        responses: cached({ description: 'The service', schema: ref('Service'), example }),
        errors: ['ServiceNotFound'],
      },
    },
  }
}
