/** A configuration of signed tokens that cannot be used. The message names variables and no value. */
export class SigningError extends Error {}

/** Issuer of tokens for the tool's own users, and the source of its keys. */
export interface Signing {
  issuer: string
  audience: string
  keys: URL | { keys: { kty: string }[] }
}

export interface SigningVariables {
  JWT_JWKS?: string | undefined
  JWT_ISSUER?: string | undefined
  JWT_AUDIENCE?: string | undefined
}

/** The members that make up a public key, by its type. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
}

/**
 * Reads the variables `JWT_*`; undefined if none of them is set, since signed tokens are optional.
 * @throws SigningError if some are missing, or the keys are malformed
 */
export function parseSigning({ JWT_JWKS, JWT_ISSUER, JWT_AUDIENCE }: SigningVariables): Signing | undefined {
  const variables = { JWT_JWKS, JWT_ISSUER, JWT_AUDIENCE }
  const missing = Object.entries(variables).flatMap(([name, text]) => (text?.trim() ? [] : name))
  if (missing.length === Object.keys(variables).length) return undefined
  if (!JWT_JWKS || !JWT_ISSUER || !JWT_AUDIENCE || missing.length > 0)
    throw new SigningError(`${missing.join(' and ')} missing: signed tokens need JWT_JWKS, JWT_ISSUER and JWT_AUDIENCE`)
  return { issuer: JWT_ISSUER.trim(), audience: JWT_AUDIENCE.trim(), keys: parseKeys(JWT_JWKS.trim()) }
}

function parseKeys(text: string): Signing['keys'] {
  if (!text.startsWith('{')) {
    const url = URL.parse(text)
    if (url?.protocol === 'https:') return url
    throw new SigningError('JWT_JWKS must be a JSON Web Key Set or the https URL of one')
  }
  const set = parseJson(text)
  if (!isSet(set)) throw new SigningError('JWT_JWKS must be {"keys":[…]} with public keys of type RSA, EC or OKP')
  return set
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SigningError('JWT_JWKS is not valid JSON')
  }
}

function isSet(value: unknown): value is { keys: { kty: string }[] } {
  return isRecord(value) && Array.isArray(value.keys) && value.keys.length > 0 && value.keys.every(isPublicKey)
}

function isPublicKey(key: unknown): boolean {
  const members = isRecord(key) && typeof key.kty === 'string' ? MEMBERS[key.kty] : undefined
  return isRecord(key) && !('d' in key) && Boolean(members?.every((name) => typeof key[name] === 'string'))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
