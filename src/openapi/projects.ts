import { messageShape } from '../schema/instance-response.ts'
import { projectCreation, projectEdition, projectQuery } from '../schema/project.ts'
import { projectShape } from '../schema/project-response.ts'
import type { Resource } from './operation.ts'
import { body, one, page, requestSchema, responseSchema } from './resource.ts'

const project = responseSchema('Project', projectShape)
const creation = requestSchema('ProjectCreation', projectCreation)
const edition = requestSchema('ProjectEdition', projectEdition)
export const accepted = responseSchema('Message', messageShape)

const TAKEN = { 400: { taken: { message: { path: ['has already been taken'] } } } }

export const projects: Resource = {
  tag: { name: 'Projects', description: 'Projects, which own settings, tokens and audit events.' },
  schemas: [creation, edition, project, accepted],
  operations: {
    'GET /projects': {
      id: 'listProjects',
      summary: 'List projects',
      rule: 'readProject',
      query: projectQuery,
      responses: { 200: page(project) },
    },
    'POST /projects': {
      id: 'createProject',
      summary: 'Create a project',
      rule: 'instance',
      body: body(creation),
      responses: { 201: { ...one(project, 'Project'), headers: ['X-Ignored-Parameters'] } },
      errorExamples: TAKEN,
    },
    'GET /projects/{id}': {
      id: 'getProject',
      summary: 'Get a project',
      rule: 'readProject',
      responses: { 200: one(project, 'Project') },
    },
    'PUT /projects/{id}': {
      id: 'editProject',
      summary: 'Edit a project',
      rule: 'writeProject',
      body: body(edition),
      responses: { 200: { ...one(project, 'Edited project'), headers: ['X-Ignored-Parameters'] } },
      errorExamples: TAKEN,
    },
    'DELETE /projects/{id}': {
      id: 'deleteProject',
      summary: 'Delete a project with its settings and tokens',
      rule: 'instance',
      responses: { 202: { ...one(accepted, 'Project deleted'), example: { message: '202 Accepted' } } },
    },
  },
}
