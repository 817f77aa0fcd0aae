import { digest, isSameDigest } from '../crypto/token.ts'
import type { Incoming } from '../env.ts'
import { errors } from '../errors.ts'
import type { Token } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'
import { INSTANCE } from './rules.ts'

const MIN_LENGTH = 32
const MAX_TOKENS = 2

/** What a request says of its sender before the database was asked. */
export interface Caller {
  /** SHA-256 of the token, in hexadecimal. */
  digest: string
  isInstance: boolean
}

/** @throws the 401 of a request without a token */
export async function identify(c: Incoming): Promise<Caller> {
  const token = /^Bearer +(\S+) *$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? c.req.header('PRIVATE-TOKEN')
  if (!token) throw errors.unauthorized()
  const [sent, instance] = await Promise.all([digest(token), instanceDigests(c.env.ADMIN_TOKEN)])
  return { digest: sent.toHex(), isInstance: instance.some((known) => isSameDigest(known, sent)) }
}

/** @throws the 401 of a token that is unknown, expired or revoked, tested in this order (gitlab-behaviour 3.3) */
export function toActor(c: Incoming, caller: Caller, token: Token | undefined): Actor {
  const common = { address: addressOf(c), requestId: c.get('requestId') }
  if (caller.isInstance) {
    return {
      ...common,
      tokenId: null,
      name: 'Instance',
      projectId: null,
      role: INSTANCE,
      scopes: ['api', 'read_secrets'],
    }
  }
  if (!token) throw errors.unauthorized()
  if (token.expiresAt <= Date.now()) throw errors.expired()
  if (token.revokedAt !== null) throw errors.revoked()
  const { id: tokenId, name, projectId, accessLevel: role, scopes } = token
  return { ...common, tokenId, name, projectId, role, scopes }
}

export function addressOf(c: Incoming): string | null {
  return c.req.header('CF-Connecting-IP') ?? null
}

let cached: { text: string; digests: Promise<Uint8Array[]> } | undefined

/** `ADMIN_TOKEN` lists one token or two, so that it can be changed without downtime; what is short of 32 characters is none. */
function instanceDigests(text: string | undefined = ''): Promise<Uint8Array[]> {
  if (cached?.text !== text) {
    const tokens = text.split(',').map((token) => token.trim())
    const digests = Promise.all(
      tokens
        .filter((token) => token.length >= MIN_LENGTH)
        .slice(0, MAX_TOKENS)
        .map(digest),
    )
    cached = { text, digests }
  }
  return cached.digests
}
