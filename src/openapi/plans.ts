import { applyBody, planBody } from '../schema/plan.ts'
import { manyPlansShape, planShape } from '../schema/plan-answer.ts'
import type { NamedSchema, Resource, ResponseFacts } from './operation.ts'
import { one, ref, requestSchema, responseSchema } from './resource.ts'

const EXAMPLE = { services: { 'external-wiki': { external_wiki_url: 'https://wiki.example.com' } } }

const plan = requestSchema('Plan', planBody)
const manyPlan = requestSchema('ManyPlan', applyBody)
const result = responseSchema('PlanResult', planShape)
const manyResult = responseSchema('ManyPlanResult', manyPlansShape)

const planFile = { schema: ref(plan.name), example: EXAMPLE, isFile: true }
const manyPlanFile = {
  schema: ref(manyPlan.name),
  example: { ...EXAMPLE, projects: { path_prefix: 'acme/' } },
  isFile: true,
}

export const plans: Resource = {
  tag: 'Settings',
  schemas: [plan, manyPlan, result, manyResult],
  operations: {
    'PUT /projects/{id}/services': {
      id: 'putSettings',
      summary: 'Set up many services at once',
      description: 'All of it is saved, or nothing. With `prune`, what is not named is deleted.',
      rule: 'writeSettings',
      body: planFile,
      responses: { 200: planned(result) },
    },
    'PATCH /projects/{id}/services': {
      id: 'patchSettings',
      summary: 'Edit the settings of many services at once',
      description: 'As a PUT, but it creates nothing, and switches nothing on.',
      rule: 'writeSettings',
      body: planFile,
      responses: { 200: planned(result) },
    },
    'PUT /services/apply': {
      id: 'putSettingsOfMany',
      summary: 'Set up services in many projects, some of them a call',
      rule: 'instance',
      body: manyPlanFile,
      responses: { 200: planned(manyResult) },
    },
    'PATCH /services/apply': {
      id: 'patchSettingsOfMany',
      summary: 'Edit the settings of services in many projects, some of them a call',
      rule: 'instance',
      body: manyPlanFile,
      responses: { 200: planned(manyResult) },
    },
  },
}

function planned(schema: NamedSchema): ResponseFacts {
  return { ...one(schema, 'What became of them, or what would'), headers: ['X-Ignored-Parameters'] }
}
