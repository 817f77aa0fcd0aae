import { newTokenShape, tokenCreation, tokenQuery, tokenRotation, tokenShape } from '../schema/token.ts'
import type { Resource } from './operation.ts'
import { body, one, page, requestSchema, responseSchema } from './resource.ts'

export const token = responseSchema('Token', tokenShape)
const newToken = responseSchema('NewToken', newTokenShape)
const creation = requestSchema('TokenCreation', tokenCreation)
const rotation = requestSchema('TokenRotation', tokenRotation)

export const tokens: Resource = {
  tag: { name: 'Access tokens', description: 'Access tokens of a project.' },
  schemas: [creation, rotation, token, newToken],
  operations: {
    'GET /projects/{id}/access_tokens': {
      id: 'listTokens',
      summary: 'List the tokens of a project',
      rule: 'readTokens',
      query: tokenQuery,
      responses: { 200: page(token) },
    },
    'POST /projects/{id}/access_tokens': {
      id: 'createToken',
      summary: 'Create a token',
      description:
        'A signed token (JWT) with `api` and the role 40 may create tokens too: with no more rights than its own, for 90 days at most. No token of a project creates another one. A project has 200 live tokens at most.',
      rule: 'instance',
      body: body(creation),
      responses: {
        201: { ...one(newToken, 'The token; its value is shown this once'), headers: ['X-Ignored-Parameters'] },
      },
    },
    'GET /projects/{id}/access_tokens/{token_id}': {
      id: 'getToken',
      summary: 'Get a token',
      description: 'Each token may read itself.',
      rule: 'readTokens',
      responses: { 200: one(token, 'The token, without its value') },
    },
    'DELETE /projects/{id}/access_tokens/{token_id}': {
      id: 'revokeToken',
      summary: 'Revoke a token',
      description:
        'Each token may revoke itself. A signed token (JWT) with `api` and the role 40 may revoke tokens that signed users created.',
      rule: 'instance',
      responses: { 204: { description: 'The token is revoked' } },
    },
    'POST /projects/{id}/access_tokens/{token_id}/rotate': {
      id: 'rotateToken',
      summary: 'Rotate a token',
      description:
        'Revokes the token and returns a new one. Each token may rotate itself: the new one has the same rights or fewer, and lives no longer than the old one was created for. Rotating again with the old token revokes the new one.',
      rule: 'instance',
      body: body(rotation),
      responses: {
        200: { ...one(newToken, 'The new token; its value is shown this once'), headers: ['X-Ignored-Parameters'] },
      },
      errorExamples: { 400: { revoked: { message: '400 Bad Request - Token already revoked' } } },
    },
  },
}
