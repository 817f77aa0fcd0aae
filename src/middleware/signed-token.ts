import { type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, errors as jose, jwtVerify } from 'jose'
import * as z from 'zod'
import { parseSigning, SigningError } from '../crypto/signing.ts'
import type { RequestContext } from '../env.ts'
import { errors, logError } from '../errors.ts'
import { LEVELS } from '../schema/roles.ts'
import { SCOPES, type Scope } from '../schema/tables.ts'
import type { ProjectRef } from '../store/project-read.ts'
import { cachedByText } from './cached-by-text.ts'
import { type FindKey, keySetOf, NoKeysError } from './key-set.ts'

/** Asymmetric ones alone: with a shared secret, whoever verifies could sign too. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA']
const MAX_SECONDS = 60 * 60
const CLOCK_SKEW_SECONDS = 30

/** Rights that a tool grants one of its own users by its signature. */
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
  .refine(isOneProject, {
    path: ['project_id'],
    params: { text: 'project_id or project_path must be there, not both' },
  })
  .refine((claim) => claim.exp - claim.iat <= MAX_SECONDS, {
    path: ['exp'],
    params: { text: 'exp must be at most an hour after iat' },
  })
  .refine((claim) => claim.iat <= Date.now() / 1000 + CLOCK_SKEW_SECONDS, {
    path: ['iat'],
    params: { text: 'iat must not be in the future' },
  })

/** Descriptions of valid claims, for the tool that signs. */
const FORMS: Readonly<Record<string, string>> = {
  iss: 'must be the issuer that Patchbay is configured with',
  aud: 'must be the audience that Patchbay is configured with',
  sub: 'must be a text of 1 to 255 characters',
  iat: 'must be a number of seconds',
  exp: 'must be a number of seconds',
  nbf: 'must be a number of seconds that are over',
  project_id: 'must be a number',
  project_path: 'must be a text',
  access_level: `must be one of ${LEVELS.join(', ')}`,
  scopes: `must be a list of ${SCOPES.join(', ')}`,
}

/** Returns whether a bearer token has the form of a signed one, if signed ones are configured at all. */
export function isSigned({ env }: RequestContext, token: string): boolean {
  return Boolean(env.JWT_JWKS || env.JWT_ISSUER || env.JWT_AUDIENCE) && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)
}

interface Verifier {
  findKey: FindKey
  options: JWTVerifyOptions
}

const verifierOf = cachedByText((text: string): Verifier => {
  const signing = parseSigning(JSON.parse(text))
  if (!signing) throw new SigningError('JWT_JWKS is missing')
  const { issuer, audience, keys } = signing
  const options = { issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_SKEW_SECONDS }
  return { findKey: keySetOf(keys), options: { ...options, requiredClaims: ['sub', 'iat', 'exp'] } }
})

/**
 * Verifies a token that the tool has signed: signature, issuer, audience and times, then the rights that it grants in one
 * project (docs/rules.md#signed-tokens).
 * @throws the 401 of a token that is not valid, the 503 of a configuration that has no usable keys
 */
export async function verifySigned(c: RequestContext, token: string): Promise<SignedRights> {
  const payload = await verify(c, token).catch((cause) => reject(c, cause))
  const { data, error } = claims.safeParse(payload)
  if (!data) throw errors.invalidToken([...new Set(error.issues.map((issue) => textOf(issue, payload)))].join(', '))
  return {
    subject: data.sub,
    project: data.project_id ?? data.project_path ?? 0,
    role: data.access_level,
    scopes: data.scopes,
    issuedAt: data.iat * 1000,
    expiresAt: data.exp * 1000,
  }
}

async function verify(c: RequestContext, token: string): Promise<JWTPayload> {
  const { JWT_JWKS, JWT_ISSUER, JWT_AUDIENCE } = c.env
  const { findKey, options } = verifierOf(JSON.stringify({ JWT_JWKS, JWT_ISSUER, JWT_AUDIENCE }))
  const waitUntil = (promise: Promise<unknown>) => c.executionCtx.waitUntil(promise)
  const getKey: JWTVerifyGetKey = (header, jws) => findKey(header, jws, waitUntil)
  const { payload } = await jwtVerify(token, getKey, options)
  return payload
}

/** jose checks claims after the signature: whoever could sign may know which claim is wrong. Others get the bare 401. */
function reject(c: RequestContext, error: unknown): never {
  if (error instanceof jose.JWTExpired) throw errors.expired()
  if (error instanceof jose.JWTClaimValidationFailed)
    throw errors.invalidToken(
      error.reason === 'missing' ? `${error.claim} is missing` : `${error.claim} ${FORMS[error.claim]}`,
    )
  if (error instanceof jose.JOSEError && !(error instanceof jose.JWKSInvalid)) {
    const line = { level: 'warn', id: c.get('requestId'), message: 'A signed token was refused', reason: error.code }
    console.warn(JSON.stringify(line))
    throw errors.unauthorized()
  }
  logUnusableKeys(c, error)
  throw errors.unavailable()
}

function logUnusableKeys(c: RequestContext, error: unknown): void {
  const isKnown = error instanceof SigningError || error instanceof NoKeysError
  if (!isKnown) logError(error)
  const message = error instanceof SigningError ? error.message : 'JWT_JWKS has no key that can be used'
  console.error(JSON.stringify({ level: 'error', id: c.get('requestId'), message }))
}

function isOneProject(claim: { project_id?: number | undefined; project_path?: string | undefined }): boolean {
  return (claim.project_id === undefined) !== (claim.project_path === undefined)
}

function textOf(issue: z.core.$ZodIssue, payload: JWTPayload): string {
  if (issue.code === 'custom') return String(issue.params?.text)
  const claim = String(issue.path[0])
  return payload[claim] === undefined ? `${claim} is missing` : `${claim} ${FORMS[claim]}`
}
