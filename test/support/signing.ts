import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { Call } from './api.ts'

const ISSUER = 'https://forge.example.com'
const AUDIENCE = 'patchbay'
const keys = await generateKeyPair('ES256', { extractable: true })
const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'tool', alg: 'ES256' }] }

/** Bindings with which the Worker accepts what `signedAs` signs. */
export const signingBindings = { JWT_JWKS: JSON.stringify(jwks), JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE }

/** Turns a request into one of a user of the tool, who has the rights of `claims`. */
export async function signedAs(claims: JWTPayload, options: Call = {}): Promise<Call> {
  const now = Math.floor(Date.now() / 1000)
  const token = await new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat: now, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'tool' })
    .sign(keys.privateKey)
  const headers = { ...options.headers, Authorization: `Bearer ${token}` }
  return { ...options, token: null, headers, env: { ...signingBindings, ...options.env } }
}
