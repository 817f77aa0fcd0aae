import type * as z from 'zod'
import { auditQuery, auditShape } from '../schema/audit.ts'
import { catalogShape, describeService } from '../schema/catalog.ts'
import {
  healthShape,
  keysShape,
  readinessShape,
  rotationShape,
  userShape,
  versionShape,
  welcomeShape,
} from '../schema/instance.ts'
import { type JsonSchema, toJsonSchema } from '../schema/json-schema.ts'
import { applyBody, planBody } from '../schema/plan.ts'
import { manyPlansShape, planShape } from '../schema/plan-answer.ts'
import { projectCreation, projectEdition, projectQuery, projectShape } from '../schema/project.ts'
import type { Service } from '../schema/service.ts'
import { listQuery } from '../schema/settings.ts'
import { newTokenShape, tokenCreation, tokenQuery, tokenRotation, tokenShape } from '../schema/token.ts'
import { exampleBody, exampleOf } from './example.ts'
import type { Answer, HeaderName, Operation } from './operation.ts'

const bodies = {
  ProjectCreation: projectCreation,
  ProjectEdition: projectEdition,
  TokenCreation: tokenCreation,
  TokenRotation: tokenRotation,
  Plan: planBody,
  ManyPlan: applyBody,
} satisfies Record<string, z.ZodObject>

const shapes = {
  Project: projectShape,
  Token: tokenShape,
  NewToken: newTokenShape,
  PlanResult: planShape,
  ManyPlanResult: manyPlansShape,
  AuditEvent: auditShape,
  Service: catalogShape,
  Welcome: welcomeShape,
  Version: versionShape,
  User: userShape,
  Keys: keysShape,
  Rotation: rotationShape,
  Health: healthShape,
  Readiness: readinessShape,
} satisfies Record<string, z.ZodObject>

type BodyName = keyof typeof bodies
type ShapeName = keyof typeof shapes

const PAGE_HEADERS: readonly HeaderName[] = ['Link', 'X-Total', 'X-Total-Pages', 'X-Page', 'X-Per-Page']
const NEIGHBOURS: readonly HeaderName[] = ['X-Next-Page', 'X-Prev-Page']

/** The schemas that the operations below refer to, by name. */
export function resourceSchemas(): Record<string, JsonSchema> {
  return Object.fromEntries([
    ...Object.entries(bodies).map(([name, shape]) => [name, open(toJsonSchema(shape))]),
    ...Object.entries(shapes).map(([name, shape]) => [name, toJsonSchema(shape)]),
  ])
}

type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`
type Facts = Omit<Operation, 'method' | 'path' | 'tag'>

/** Every route but those of one service's settings, by tag. */
export function resourceOperations(services: readonly Service[], listed: Answer): Operation[] {
  const described = services.find(({ params }) => params.length > 0)
  const example = described && describeService(described)
  const table: Record<string, Readonly<Record<Route, Facts>>> = {
    Settings: {
      'GET /projects/{id}/services': {
        id: 'listSettings',
        summary: 'The settings of a project',
        description:
          'By default the active ones, in the short shape. With `with_secrets=true` the token needs the scope `read_secrets` besides.',
        rule: 'readSettings',
        query: listQuery,
        answers: { 200: listed },
      },
      'PUT /projects/{id}/services': {
        id: 'putSettings',
        summary: 'Set up many services at once',
        description: 'All of it is saved, or nothing. With `prune`, what is not named is deleted.',
        rule: 'writeSettings',
        body: file('Plan'),
        answers: { 200: planned('PlanResult') },
      },
      'PATCH /projects/{id}/services': {
        id: 'patchSettings',
        summary: 'Edit the settings of many services at once',
        description: 'As a PUT, but it creates nothing, and switches nothing on.',
        rule: 'writeSettings',
        body: file('Plan'),
        answers: { 200: planned('PlanResult') },
      },
      'PUT /services/apply': {
        id: 'putSettingsOfMany',
        summary: 'Set up services in many projects, some of them a call',
        rule: 'instance',
        body: file('ManyPlan'),
        answers: { 200: planned('ManyPlanResult') },
      },
      'PATCH /services/apply': {
        id: 'patchSettingsOfMany',
        summary: 'Edit the settings of services in many projects, some of them a call',
        rule: 'instance',
        body: file('ManyPlan'),
        answers: { 200: planned('ManyPlanResult') },
      },
    },
    Catalogue: {
      'GET /services': {
        id: 'listServices',
        summary: 'Every service that there is to set up',
        preconditions: ['If-None-Match'],
        answers: cached({
          description: 'All services, by slug',
          schema: { type: 'array', items: ref('Service') },
          example: [example],
        }),
      },
      'GET /services/{slug}': {
        id: 'getService',
        summary: 'One service: its parameters, events, and the schema of its settings',
        preconditions: ['If-None-Match'],
        answers: cached({ description: 'The service', schema: ref('Service'), example }),
        refusals: ['ServiceNotFound'],
      },
      'GET /openapi.json': {
        id: 'getOpenApi',
        summary: 'This document',
        preconditions: ['If-None-Match'],
        answers: cached({
          description: 'OpenAPI 3.1',
          schema: { type: 'object', required: ['openapi'] },
          example: { openapi: '3.1.0' },
        }),
      },
    },
    Projects: {
      'GET /projects': {
        id: 'listProjects',
        summary: 'The projects that the token may see, the newest first',
        rule: 'readProject',
        query: projectQuery,
        answers: { 200: page('Project') },
      },
      'POST /projects': {
        id: 'createProject',
        summary: 'Create a project',
        rule: 'instance',
        body: body('ProjectCreation'),
        answers: { 201: one('Project', 'The project') },
        refused: { 400: { taken: { message: { path: ['has already been taken'] } } } },
      },
      'GET /projects/{id}': {
        id: 'getProject',
        summary: 'One project',
        rule: 'readProject',
        answers: { 200: one('Project', 'The project') },
      },
      'PUT /projects/{id}': {
        id: 'editProject',
        summary: 'Edit a project',
        rule: 'writeProject',
        body: body('ProjectEdition'),
        answers: { 200: one('Project', 'The project as it is now') },
        refused: { 400: { taken: { message: { path: ['has already been taken'] } } } },
      },
      'DELETE /projects/{id}': {
        id: 'deleteProject',
        summary: 'Delete a project, with its settings and tokens',
        rule: 'instance',
        answers: { 202: { ...one('Welcome', 'It is gone'), example: { message: '202 Accepted' } } },
      },
    },
    'Access tokens': {
      'GET /projects/{id}/access_tokens': {
        id: 'listTokens',
        summary: 'The tokens of a project',
        rule: 'readTokens',
        query: tokenQuery,
        answers: { 200: page('Token') },
      },
      'POST /projects/{id}/access_tokens': {
        id: 'createToken',
        summary: 'Create a token',
        description:
          'So may a signed token (JWT) with `api` and the role 40. No token of a project creates another one.',
        rule: 'instance',
        body: body('TokenCreation'),
        answers: { 201: one('NewToken', 'The token; its value is shown this once') },
      },
      'GET /projects/{id}/access_tokens/{token_id}': {
        id: 'getToken',
        summary: 'One token',
        description: 'A token may always read itself.',
        rule: 'readTokens',
        answers: { 200: one('Token', 'The token, without its value') },
      },
      'DELETE /projects/{id}/access_tokens/{token_id}': {
        id: 'revokeToken',
        summary: 'Revoke a token',
        description: 'A token may always revoke itself.',
        rule: 'instance',
        answers: { 204: { description: 'It is revoked' } },
      },
      'POST /projects/{id}/access_tokens/{token_id}/rotate': {
        id: 'rotateToken',
        summary: 'Replace a token by a new one',
        description: 'A token may always replace itself, by one with the same rights or fewer.',
        rule: 'instance',
        body: body('TokenRotation'),
        answers: { 200: one('NewToken', 'The new token; its value is shown this once') },
        refused: { 400: { revoked: { message: '400 Bad Request - Token already revoked' } } },
      },
    },
    Audit: {
      'GET /projects/{id}/audit_events': {
        id: 'listAuditEvents',
        summary: 'Who changed what in a project, the latest first',
        rule: 'readAudit',
        query: auditQuery,
        answers: { 200: page('AuditEvent') },
      },
      'GET /audit_events': {
        id: 'listAllAuditEvents',
        summary: 'Who changed what in any project, deleted ones too',
        rule: 'instance',
        query: auditQuery,
        answers: { 200: page('AuditEvent') },
      },
    },
    Instance: {
      'GET /version': {
        id: 'getVersion',
        summary: 'Which GitLab this is like',
        rule: 'anyToken',
        answers: { 200: one('Version', 'The versions') },
      },
      'GET /metadata': {
        id: 'getMetadata',
        summary: 'Which GitLab this is like',
        rule: 'anyToken',
        answers: { 200: one('Version', 'The versions') },
      },
      'GET /user': {
        id: 'getUser',
        summary: 'Who the token is',
        rule: 'anyToken',
        answers: { 200: one('User', 'The user that the token stands for') },
      },
      'GET /personal_access_tokens/self': {
        id: 'getOwnToken',
        summary: 'What the token is',
        rule: 'anyToken',
        answers: { 200: one('Token', 'The token, without its value') },
      },
      'GET /': {
        id: 'getWelcome',
        summary: 'A word of welcome',
        answers: { 200: one('Welcome', 'Somebody is there') },
      },
    },
    Administration: {
      'GET /admin/keys': {
        id: 'listKeys',
        summary: 'What each key still seals',
        rule: 'instance',
        answers: { 200: one('Keys', 'The keys, those of the ring first') },
      },
      'POST /admin/rotate': {
        id: 'rotateKeys',
        summary: 'Seal anew what older keys have sealed, one step of it',
        rule: 'instance',
        answers: { 200: one('Rotation', 'What was done') },
      },
    },
    Health: {
      'GET /health': {
        id: 'getHealth',
        isRoot: true,
        summary: 'Whether it runs',
        answers: { 200: one('Health', 'It runs') },
      },
      'GET /ready': {
        id: 'getReadiness',
        isRoot: true,
        summary: 'Whether it can work',
        answers: { 200: one('Readiness', 'It can'), 503: one('Readiness', 'It cannot') },
      },
    },
  }
  return Object.entries(table).flatMap(([tag, routes]) =>
    Object.entries(routes).map(([route, facts]) => ({ ...toRoute(route), tag, ...facts })),
  )
}

function toRoute(route: string): Pick<Operation, 'method' | 'path'> {
  const [method = '', path = ''] = route.split(' ')
  return { method: method.toLowerCase() as Operation['method'], path }
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` }
}

/** What is kept for a while, and asked for again by its ETag. */
export function cached(answer: Answer): Record<number, Answer> {
  return { 200: { ...answer, headers: ['ETag'] }, 304: { description: 'It is as `If-None-Match` names it' } }
}

function one(name: ShapeName, description: string): Answer {
  return { description, schema: ref(name), example: exampleOf(toJsonSchema(shapes[name])) }
}

function page(name: ShapeName): Answer {
  return {
    description: 'A page of them',
    schema: { type: 'array', items: ref(name) },
    example: [exampleOf(toJsonSchema(shapes[name]))],
    headers: [...PAGE_HEADERS, ...NEIGHBOURS],
  }
}

function body(name: BodyName) {
  return { schema: ref(name), example: exampleBody(toJsonSchema(bodies[name])) }
}

/** What is unknown is ignored. */
function open({ additionalProperties: _, ...schema }: JsonSchema): JsonSchema {
  return schema
}

function planned(name: ShapeName): Answer {
  return { ...one(name, 'What became of them, or what would'), headers: ['X-Ignored-Parameters'] }
}

const EXAMPLE = { services: { 'external-wiki': { external_wiki_url: 'https://wiki.example.com' } } }

/** A body that people keep in a file. */
function file(name: 'Plan' | 'ManyPlan') {
  const example = name === 'Plan' ? EXAMPLE : { ...EXAMPLE, projects: { path_prefix: 'acme/' } }
  return { schema: ref(name), example, isFile: true }
}
