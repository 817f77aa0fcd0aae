import { healthShape, readinessShape } from '../schema/instance.ts'
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
      summary: 'Whether it runs',
      responses: { 200: one(alive, 'It runs') },
    },
    'GET /ready': {
      id: 'getReadiness',
      isRoot: true,
      summary: 'Whether it can work',
      responses: { 200: one(readiness, 'It can'), 503: one(readiness, 'It cannot') },
    },
  },
}
