import { userShape, versionShape, welcomeShape } from '../schema/instance-response.ts'
import type { Resource } from './operation.ts'
import { one, responseSchema } from './resource.ts'
import { token } from './tokens.ts'

const welcome = responseSchema('Welcome', welcomeShape)
const version = responseSchema('Version', versionShape)
const user = responseSchema('User', userShape)

export const instance: Resource = {
  tag: { name: 'Instance', description: 'The instance, and the caller of the request.' },
  schemas: [welcome, version, user],
  operations: {
    'GET /version': {
      id: 'getVersion',
      summary: 'Get the version',
      rule: 'anyToken',
      responses: { 200: one(version, 'Versions') },
    },
    'GET /metadata': {
      id: 'getMetadata',
      summary: 'Get the metadata of the instance',
      rule: 'anyToken',
      responses: { 200: one(version, 'Versions') },
    },
    'GET /user': {
      id: 'getUser',
      summary: 'Get the user of the token',
      rule: 'anyToken',
      responses: { 200: one(user, 'User') },
    },
    'GET /personal_access_tokens/self': {
      id: 'getOwnToken',
      summary: 'Get the token of the request',
      rule: 'anyToken',
      responses: { 200: one(token, 'Token, without its value') },
    },
    'GET /': {
      id: 'getWelcome',
      summary: 'Get links to the documentation',
      responses: { 200: one(welcome, 'Links') },
    },
  },
}
