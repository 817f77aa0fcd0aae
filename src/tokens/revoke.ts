import type { Token } from '../schema/tables.ts'
import { type Actor, type Author, entryOf } from '../settings/actor.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { markFamilyRevoked, markRevoked } from '../store/tokens.ts'

/** Rotations that arrive this long after the first one may have been sent at the same moment. */
const LEEWAY_MS = 1000

export interface RevokeRequest {
  db: Database
  actor: Actor
}

/** Revokes a token; one that is revoked already stays as it is. Signed users revoke what signed users created. */
export async function revokeToken({ db, actor }: RevokeRequest, token: Token): Promise<'revoked' | 'forbidden'> {
  if (actor.kind === 'signed' && !token.bySignedUser) return 'forbidden'
  const now = Date.now()
  if (token.revokedAt === null) await commit(db, markRevoked(token, now), entryFor(actor, token, 'token.revoked', now))
  return 'revoked'
}

export interface ReuseReport {
  db: Database
  actor: Author
  /** Time at which the request arrived that tried to rotate the token. */
  arrivedAt: number
}

/**
 * Detects the reuse of a token that was rotated before, as OAuth does for refresh tokens: two parties hold it, one of
 * them should not, so the live token of its family is revoked. Rotations at the same moment are no reuse, or a client
 * that sends two would lose both tokens: the later one arrived before the first was done, or shortly afterwards, while
 * nobody has used the new token yet.
 */
export async function reportReuse({ db, actor, arrivedAt }: ReuseReport, token: Token): Promise<void> {
  if (token.revokedAt === null || arrivedAt <= token.revokedAt) return
  const now = Date.now()
  const isLate = arrivedAt > token.revokedAt + LEEWAY_MS
  await commit(db, markFamilyRevoked(token, isLate, now), entryFor(actor, token, 'token.reused', now))
}

function entryFor(actor: Author, { id, projectId }: Token, action: string, now: number) {
  const change = { projectId, action, subject: String(id), changes: [] }
  return entryOf(actor, { ...change, writeId: crypto.randomUUID(), createdAt: now })
}
