import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Call } from './api.ts'

const ISSUER = 'https://forge.example.com'
const AUDIENCE = 'patchbay'

export const keys = await generateKeyPair('ES256', { extractable: true })
const publicKey = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }

/** The configuration under which the tokens of `sign` are valid. */
export const SIGNING = { JWT_JWKS: JSON.stringify({ keys: [publicKey] }), JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }

/** Claims of a maintainer called ada; undefined removes a claim. */
export function claimsOf(claims: JWTPayload): JWTPayload {
  const iat = Math.floor(Date.now() / 1000)
  const rights = { access_level: 40, scopes: ['api'] }
  return { iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat, exp: iat + 600, ...rights, ...claims }
}

export function sign(claims: JWTPayload, header: { kid?: string } = {}): Promise<string> {
  return new SignJWT(claimsOf(claims)).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(keys.privateKey)
}

/** A request that a token signs for. */
export function withSigned(token: string, options: Call = {}): Call {
  const headers = { ...options.headers, Authorization: `Bearer ${token}` }
  return { ...options, token: null, headers, env: { ...SIGNING, ...options.env } }
}
