import type * as z from 'zod'
import type { Token } from '../schema/tables.ts'
import type { tokenShape } from '../schema/token-response.ts'
import { botIdOf } from '../settings/actor.ts'
import { timestamp } from '../settings/present.ts'

/** Returns GitLab's shape of a token, without its value. */
export function presentToken(token: Token) {
  return {
    id: token.id,
    name: token.name,
    description: null,
    revoked: token.revokedAt !== null,
    active: isActive(token),
    created_at: timestamp(token.createdAt),
    last_used_at: token.lastUsedAt === null ? null : timestamp(token.lastUsedAt),
    expires_at: timestamp(token.expiresAt).slice(0, 10),
    scopes: [...token.scopes],
    user_id: botIdOf(token.id),
    access_level: token.accessLevel,
  } satisfies z.output<typeof tokenShape>
}

export function isActive({ revokedAt, expiresAt }: Token): boolean {
  return revokedAt === null && expiresAt > Date.now()
}
