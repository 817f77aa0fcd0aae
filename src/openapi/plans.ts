import { applyBody, planBody, planQuery } from '../schema/plan.ts'
import { manyPlansShape, planShape } from '../schema/plan-response.ts'
import type { NamedSchema, OperationFacts, Resource, ResponseFacts } from './operation.ts'
import { one, ref, requestSchema, responseSchema, SETTINGS } from './resource.ts'

const EXAMPLE = { services: { 'external-wiki': { external_wiki_url: 'https://wiki.example.com' } } }

const plan = withTypedServices(requestSchema('Plan', planBody))
const manyPlan = withTypedServices(requestSchema('ManyPlan', applyBody))
export const planResult = responseSchema('PlanResult', planShape)
const manyPlanResult = responseSchema('ManyPlanResult', manyPlansShape)

const ofProject = {
  rule: 'writeSettings',
  query: planQuery,
  body: { schema: ref(plan.name), example: EXAMPLE, isFile: true },
  responses: { 200: planned(planResult) },
  errors: ['EndpointMoved'],
} satisfies Partial<OperationFacts>

const ofMany = {
  rule: 'instance',
  query: planQuery,
  body: { schema: ref(manyPlan.name), example: { ...EXAMPLE, projects: { path_prefix: 'acme/' } }, isFile: true },
  responses: { 200: planned(manyPlanResult) },
} satisfies Partial<OperationFacts>

export const plans: Resource = {
  tag: SETTINGS,
  schemas: [plan, manyPlan, planResult, manyPlanResult],
  operations: {
    'PUT /projects/{id}/services': {
      ...ofProject,
      id: 'putSettings',
      summary: 'Set up many services',
      description: 'Saves all changes or none. `prune` deletes the settings of services that the plan does not name.',
    },
    'PATCH /projects/{id}/services': {
      ...ofProject,
      id: 'patchSettings',
      summary: 'Edit the settings of many services',
      description: 'Like PUT, but does not create settings and does not activate services.',
    },
    'PUT /services/apply': {
      ...ofMany,
      id: 'putSettingsOfMany',
      summary: 'Set up services in many projects',
    },
    'PATCH /services/apply': {
      ...ofMany,
      id: 'patchSettingsOfMany',
      summary: 'Edit the settings of services in many projects',
    },
  },
}

function withTypedServices({ name, schema }: NamedSchema): NamedSchema {
  const { description } = schema.properties?.services ?? {}
  return {
    name,
    schema: { ...schema, properties: { ...schema.properties, services: { ...ref('ServicesBySlug'), description } } },
  }
}

function planned(schema: NamedSchema): ResponseFacts {
  return { ...one(schema, 'Changes, which were not saved if `dry_run` is true'), headers: ['X-Ignored-Parameters'] }
}
