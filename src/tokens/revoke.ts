import type { Token } from '../schema/tables.ts'
import { type Actor, entryOf } from '../settings/actor.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { markFamilyRevoked, markRevoked } from '../store/tokens.ts'

export interface RevokeRequest {
  db: Database
  actor: Pick<Actor, 'tokenId' | 'name' | 'address' | 'requestId'>
}

/** Revokes a token; one that is revoked already stays as it is. */
export async function revokeToken({ db, actor }: RevokeRequest, token: Token): Promise<void> {
  if (token.revokedAt !== null) return
  const now = Date.now()
  await commit(db, markRevoked(token.projectId, token.id, now), entryFor(actor, token, 'token.revoked', now))
}

/**
 * Revokes the live token that `reused` was rotated into: when a rotated token rotates again, two parties hold it, and
 * one of them should not. OAuth does the same with refresh tokens.
 */
export async function revokeFamily({ db, actor }: RevokeRequest, reused: Token): Promise<void> {
  const now = Date.now()
  await commit(db, markFamilyRevoked(reused, now), entryFor(actor, reused, 'token.reused', now))
}

function entryFor(actor: RevokeRequest['actor'], { id, projectId }: Token, action: string, now: number) {
  const change = { projectId, action, subject: String(id), changes: [] }
  return entryOf(actor, { ...change, writeId: crypto.randomUUID(), createdAt: now })
}
