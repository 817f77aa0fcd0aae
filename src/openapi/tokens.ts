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
      summary: 'The tokens of a project',
      rule: 'readTokens',
      query: tokenQuery,
      responses: { 200: page(token) },
    },
    'POST /projects/{id}/access_tokens': {
      id: 'createToken',
      summary: 'Create a token',
      description: 'So may a signed token (JWT) with `api` and the role 40. No token of a project creates another one.',
      rule: 'instance',
      body: body(creation),
      responses: {
        201: { ...one(newToken, 'The token; its value is shown this once'), headers: ['X-Ignored-Parameters'] },
      },
    },
    'GET /projects/{id}/access_tokens/{token_id}': {
      id: 'getToken',
      summary: 'One token',
      description: 'A token may always read itself.',
      rule: 'readTokens',
      responses: { 200: one(token, 'The token, without its value') },
    },
    'DELETE /projects/{id}/access_tokens/{token_id}': {
      id: 'revokeToken',
      summary: 'Revoke a token',
      description: 'A token may always revoke itself.',
      rule: 'instance',
      responses: { 204: { description: 'It is revoked' } },
    },
    'POST /projects/{id}/access_tokens/{token_id}/rotate': {
      id: 'rotateToken',
      summary: 'Replace a token by a new one',
      description: 'A token may always replace itself, by one with the same rights or fewer.',
      rule: 'instance',
      body: body(rotation),
      responses: {
        200: { ...one(newToken, 'The new token; its value is shown this once'), headers: ['X-Ignored-Parameters'] },
      },
      errorExamples: { 400: { revoked: { message: '400 Bad Request - Token already revoked' } } },
    },
  },
}
