import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey, errors as jose, jwtVerify } from 'jose'
import * as z from 'zod'
import type { RequestContext } from '../env.ts'
import { errors, logError } from '../errors.ts'
import { LEVELS } from '../schema/roles.ts'
import { SCOPES, type Scope } from '../schema/tables.ts'
import type { ProjectRef } from '../store/project-read.ts'

/** Asymmetric ones alone: with a shared secret, whoever verifies could sign too. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const MAX_SECONDS = 60 * 60
const CLOCK_SKEW_SECONDS = 30

/** What a tool says of one of its own users, by its signature. */
export interface SignedRights {
  subject: string
  project: ProjectRef
  role: number
  scopes: readonly Scope[]
  /** Milliseconds since 1970. */
  issuedAt: number
  expiresAt: number
}

const claims = z
  .object({
    sub: z.string().min(1).max(255),
    iat: z.int(),
    exp: z.int(),
    project_id: z.int().positive().optional(),
    project_path: z.string().min(1).optional(),
    access_level: z.literal(LEVELS),
    scopes: z.array(z.enum(SCOPES)).min(1),
  })
  .refine((claim) => (claim.project_id === undefined) !== (claim.project_path === undefined))
  .refine((claim) => claim.exp - claim.iat <= MAX_SECONDS)

/** Whether a bearer token has the form of a signed one, where signed ones are known at all. */
export function isSigned(c: RequestContext, token: string): boolean {
  return Boolean(c.env.JWT_JWKS) && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)
}

/**
 * Verifies a token that the tool has signed (decisions leave the issuer's side to the tool): signature, issuer, audience
 * and times, then what it grants. A role and scopes in one project it may grant; the instance's rights it may not.
 * @throws the 401 of a token that does not hold
 */
export async function verifySigned(c: RequestContext, token: string): Promise<SignedRights> {
  const { JWT_JWKS: jwks, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = c.env
  if (!jwks || !issuer || !audience) throw errors.unauthorized()
  const options = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_SKEW_SECONDS }
  const required = ['sub', 'iat', 'exp']
  const verified = await jwtVerify(token, keysOf(jwks), { ...options, requiredClaims: required }).catch(refuse)
  const { data } = claims.safeParse(verified.payload)
  if (!data || data.iat * 1000 > Date.now() + CLOCK_SKEW_SECONDS * 1000) throw errors.unauthorized()
  return {
    subject: data.sub,
    project: data.project_id ?? data.project_path ?? 0,
    role: data.access_level,
    scopes: data.scopes,
    issuedAt: data.iat * 1000,
    expiresAt: data.exp * 1000,
  }
}

function refuse(error: unknown): never {
  if (error instanceof jose.JWTExpired) throw errors.expired()
  // A key set that cannot be fetched or read is the operator's matter: the caller is only not known.
  if (!(error instanceof jose.JOSEError) || error instanceof jose.JWKSTimeout) logError(error)
  throw errors.unauthorized()
}

let cached: { text: string; keys: JWTVerifyGetKey } | undefined

/** `JWT_JWKS` is a key set, or the URL of one, which is fetched when a key is missing and kept. */
function keysOf(text: string): JWTVerifyGetKey {
  if (cached?.text !== text) {
    const isUrl = text.trimStart().startsWith('https://')
    cached = { text, keys: isUrl ? createRemoteJWKSet(new URL(text)) : createLocalJWKSet(JSON.parse(text)) }
  }
  return cached.keys
}
