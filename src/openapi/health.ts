import { healthShape, readinessShape } from '../schema/instance-response.ts'
import type { Resource } from './operation.ts'
import { one, responseSchema } from './resource.ts'

const alive = responseSchema('Health', healthShape)
const readiness = responseSchema('Readiness', readinessShape)

export const health: Resource = {
  tag: { name: 'Health', description: 'Probes for load balancers and monitoring. No token is needed.' },
  schemas: [alive, readiness],
  operations: {
    'GET /health': {
      id: 'getHealth',
      isRoot: true,
      summary: 'Check whether the Worker runs',
      responses: { 200: one(alive, 'Running') },
    },
    'GET /ready': {
      id: 'getReadiness',
      isRoot: true,
      summary: 'Check whether the Worker can serve requests',
      responses: {
        200: one(readiness, 'Ready'),
        503: {
          ...one(readiness, 'Not ready'),
          example: { status: 'unavailable', database: 'failed', key_ring: 'ok', public_url: 'ok', signed_tokens: 'ok' },
        },
      },
    },
  },
}
