import { catalogShape, describeService } from '../schema/catalog.ts'
import type { DescribedService } from '../schema/service.ts'
import type { Resource } from './operation.ts'
import { CATALOGUE, cached, ref, responseSchema, SHOWN } from './resource.ts'

export function catalog(services: readonly DescribedService[]): Resource {
  const described = services.find(({ slug }) => slug === SHOWN)
  const example = described && describeService(described)
  return {
    tag: CATALOGUE,
    schemas: [responseSchema('Service', catalogShape)],
    operations: {
      'GET /services': {
        id: 'listServices',
        summary: 'List all services',
        headers: ['If-None-Match'],
        responses: cached({
          description: 'Services, ordered by slug',
          schema: { type: 'array', items: ref('Service') },
          example: [example],
        }),
      },
      'GET /services/{slug}': {
        id: 'getService',
        summary: 'Get a service with its parameters, events and schema',
        headers: ['If-None-Match'],
        responses: cached({ description: 'Service', schema: ref('Service'), example }),
        errors: ['ServiceNotFound'],
      },
    },
  }
}
