import { digest, newToken } from '../crypto/token.ts'
import type { Change, Token } from '../schema/tables.ts'
import { DAY, DEFAULT_DAYS } from '../schema/token.ts'
import { type Actor, entryOf } from '../settings/actor.ts'
import { timestamp } from '../settings/present.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { findToken, insertToken, markRevoked, type NewToken } from '../store/tokens.ts'

export interface MintRequest {
  db: Database
  actor: Actor
  row: Omit<NewToken, 'digest' | 'createdAt'>
  /** The token that is revoked in exchange. */
  replaces?: Token
}

/** A token and its value, which nothing can show again. */
export interface MintedToken {
  token: Token
  value: string
}

/** Stores a new token; returns undefined if its project is gone, or `replaces` is revoked already. */
export async function mint({ db, actor, row, replaces }: MintRequest): Promise<MintedToken | undefined> {
  const now = Date.now()
  const value = newToken()
  const token = { ...row, digest: (await digest(value)).toHex(), createdAt: now }
  const { committed, found } = await commit(
    db,
    insertToken(token, replaces?.id),
    entryOf(actor, {
      projectId: row.projectId,
      action: replaces ? 'token.rotated' : 'token.created',
      subject: null,
      changes: changesOf(token, replaces),
      writeId: crypto.randomUUID(),
      createdAt: now,
    }),
    findToken(token.digest),
    ...(replaces ? [markRevoked(row.projectId, replaces.id, now)] : []),
  )
  const [minted] = found[0]
  return committed && minted ? { token: minted, value } : undefined
}

/** Returns when a token expires if the request does not say: at 00:00 UTC, like all tokens. */
export function defaultExpiry(now: number): number {
  return Math.floor(now / DAY) * DAY + DEFAULT_DAYS * DAY
}

function changesOf(row: NewToken, replaces: Token | undefined): Change[] {
  const { name, scopes, accessLevel: access_level, expiresAt } = row
  const shown = { name, scopes, access_level, expires_at: timestamp(expiresAt).slice(0, 10), replaces: replaces?.id }
  return Object.entries(shown).flatMap(([field, to]) => (to === undefined ? [] : { field, to }))
}
