import { userShape, versionShape, welcomeShape } from '../schema/instance.ts'
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
      summary: 'Which GitLab this is like',
      rule: 'anyToken',
      responses: { 200: one(version, 'The versions') },
    },
    'GET /metadata': {
      id: 'getMetadata',
      summary: 'Which GitLab this is like',
      rule: 'anyToken',
      responses: { 200: one(version, 'The versions') },
    },
    'GET /user': {
      id: 'getUser',
      summary: 'Who the token is',
      rule: 'anyToken',
      responses: { 200: one(user, 'The user that the token stands for') },
    },
    'GET /personal_access_tokens/self': {
      id: 'getOwnToken',
      summary: 'What the token is',
      rule: 'anyToken',
      responses: { 200: one(token, 'The token, without its value') },
    },
    'GET /': {
      id: 'getWelcome',
      summary: 'A word of welcome',
      responses: { 200: one(welcome, 'Somebody is there') },
    },
  },
}
