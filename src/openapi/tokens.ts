import { tokenCreation, tokenQuery, tokenRotation } from '../schema/token.ts'
import { newTokenShape, tokenShape } from '../schema/token-response.ts'
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
        'Also allowed for a signed token (JWT) with the scope `api` and at least the role 40 (maintainer), with no more rights than its own and for 90 days at most. A project token cannot create tokens. A project has 200 active tokens at most.',
      rule: 'instance',
      body: body(creation),
      responses: {
        201: { ...one(newToken, 'New token. Its value is returned only once'), headers: ['X-Ignored-Parameters'] },
      },
    },
    'GET /projects/{id}/access_tokens/{token_id}': {
      id: 'getToken',
      summary: 'Get a token',
      description: 'Any token can read itself.',
      rule: 'readTokens',
      responses: { 200: one(token, 'Token, without its value') },
    },
    'DELETE /projects/{id}/access_tokens/{token_id}': {
      id: 'revokeToken',
      summary: 'Revoke a token',
      description:
        'Any token can revoke itself. A signed token (JWT) with `api` and the role 40 may revoke tokens that signed users created.',
      rule: 'instance',
      responses: { 204: { description: 'Token revoked' } },
    },
    'POST /projects/{id}/access_tokens/{token_id}/rotate': {
      id: 'rotateToken',
      summary: 'Rotate a token',
      description:
        'Revokes the token and returns a new one. Any token can rotate itself: the new one has the same rights or fewer, and is valid for no longer than the old one was created for. Rotating again with the old token revokes the new one.',
      rule: 'instance',
      body: body(rotation),
      responses: {
        200: { ...one(newToken, 'New token. Its value is returned only once'), headers: ['X-Ignored-Parameters'] },
      },
      errorExamples: { 400: { revoked: { message: '400 Bad Request - Token already revoked' } } },
    },
  },
}
