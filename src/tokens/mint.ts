import { digest, newToken } from '../crypto/token.ts'
import type { FieldErrors } from '../schema/issues.ts'
import type { Change, Token } from '../schema/tables.ts'
import { type Actor, entryOf } from '../settings/actor.ts'
import { commit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { findReplaceable, findToken, insertToken, markReplaced, type NewToken } from '../store/tokens.ts'
import { dateOf } from './expiry.ts'

/** Of one project. */
export const MAX_LIVE_TOKENS = 200

export interface MintRequest {
  db: Database
  actor: Actor
  row: Omit<NewToken, 'digest'>
  /** The token that is revoked in exchange. */
  replaces?: Token
}

/** A token and its value, which nothing can show again. */
export interface MintedToken {
  token: Token
  value: string
}

export type MintOutcome = ({ kind: 'minted' } & MintedToken) | { kind: 'no project' | 'revoked' | 'too many' }
/** Outcome of a request for a new token; `excessive` are the parameters that ask for more than it may have. */
export type TokenOutcome = MintOutcome | { kind: 'excessive'; fields: FieldErrors }

/** Stores a new token, unless its project is gone or full, or the token that it replaces is revoked already. */
export async function mint({ db, actor, row, replaces }: MintRequest): Promise<MintOutcome> {
  const value = newToken()
  const token = { ...row, digest: (await digest(value)).toHex() }
  const { projectId, createdAt } = row
  const replacedId = replaces?.id ?? null
  const { committed, found } = await commit(
    db,
    insertToken(token, MAX_LIVE_TOKENS, replacedId),
    entryOf(actor, {
      projectId,
      action: replaces ? 'token.rotated' : 'token.created',
      subject: null,
      changes: changesOf(token, replaces),
      writeId: crypto.randomUUID(),
      createdAt,
    }),
    findToken(token.digest),
    findReplaceable(projectId, replacedId),
    ...(replaces ? [markReplaced(replaces, token)] : []),
  )
  const [[minted], [current]] = found
  if (committed && minted) return { kind: 'minted', token: minted, value }
  if (!current) return { kind: 'no project' }
  return { kind: replaces && current.liveId === null ? 'revoked' : 'too many' }
}

function changesOf(row: NewToken, replaces: Token | undefined): Change[] {
  const { name, scopes, accessLevel: access_level, expiresAt } = row
  const shown = { name, scopes, access_level, expires_at: dateOf(expiresAt), replaces: replaces?.id }
  return Object.entries(shown).flatMap(([field, to]) => (to === undefined ? [] : { field, to }))
}
