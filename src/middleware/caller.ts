import { parseInstanceTokens } from '../crypto/instance-token.ts'
import { digest, isSameDigest } from '../crypto/token.ts'
import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { INSTANCE } from '../schema/rules.ts'
import type { Actor } from '../settings/actor.ts'
import type { CallerKey, InProject } from '../store/project-read.ts'
import { cachedByText } from './cached-by-text.ts'
import { addressOf } from './rate-limit.ts'
import { isSigned, type SignedRights, verifySigned } from './signed-token.ts'

/** Control characters, line breaks, and marks that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Claims of a request about its sender, before the database was read. `digest` is SHA-256 in hexadecimal. */
export type Caller = { kind: 'instance' } | { kind: 'token'; digest: string } | { kind: 'signed'; rights: SignedRights }

/** @throws the 401 of a request without a token, or with a signed one that does not hold */
export async function identify(c: RequestContext, tokenHeader?: string): Promise<Caller> {
  const session = c.get('session')
  if (session) return session.caller
  const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  const token = bearer ?? c.req.header('PRIVATE-TOKEN') ?? (tokenHeader && c.req.header(tokenHeader))
  if (!token) throw errors.unauthorized()
  if (bearer && isSigned(c, bearer)) return { kind: 'signed', rights: await verifySigned(c, bearer) }
  return callerWith(c, await digest(token))
}

/** Returns whom the token with a digest stands for: the instance, as long as `ADMIN_TOKEN` lists it, else perhaps a project. */
export async function callerWith({ env }: RequestContext, sent: Uint8Array): Promise<Caller> {
  const instance = await instanceDigests(env.ADMIN_TOKEN)
  if (instance.some((known) => isSameDigest(known, sent))) return { kind: 'instance' }
  return { kind: 'token', digest: sent.toHex() }
}

/** Key by which the database finds the caller and its project. */
export function keyOf(caller: Caller): CallerKey {
  if (caller.kind === 'instance') return null
  return caller.kind === 'token' ? { digest: caller.digest } : { project: caller.rights.project }
}

/** The digest that the caller's row in `tokens` has; empty for those who have none. */
export function digestOf(caller: Caller): string {
  return caller.kind === 'token' ? caller.digest : ''
}

/** @throws the 401 of a token that is unknown, expired or revoked, tested in this order (docs/gitlab.md#refusals) */
export function toActor(c: RequestContext, caller: Caller, found: InProject<unknown> | undefined): Actor {
  const common = { address: addressOf(c), requestId: c.get('requestId') }
  if (caller.kind === 'instance') {
    const rights = { role: INSTANCE, scopes: ['api', 'read_secrets'] as const }
    return { ...common, ...rights, kind: 'instance', tokenId: null, name: 'Instance', project: null }
  }
  if (caller.kind === 'signed') {
    const { subject, project: own, role, scopes } = caller.rights
    const name = subject.replace(UNPRINTABLE, '')
    const project = typeof own === 'number' ? own : (found?.ownId ?? 0)
    return { ...common, kind: 'signed', tokenId: null, name, project, role, scopes }
  }
  const token = found?.token
  if (!token) throw errors.unauthorized()
  if (token.expiresAt <= Date.now()) throw errors.expired()
  if (token.revokedAt !== null) throw errors.revoked()
  const { id: tokenId, name, projectId: project, accessLevel: role, scopes } = token
  return { ...common, kind: 'token', tokenId, name, project, role, scopes }
}

const instanceDigests = cachedByText((text: string | undefined) =>
  Promise.all(parseInstanceTokens(text).tokens.map(digest)),
)
