import type * as z from 'zod'
import type { FieldErrors } from '../schema/issues.ts'
import type { Token } from '../schema/tables.ts'
import type { tokenRotation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import type { Database } from '../store/database.ts'
import { familyOf } from '../store/tokens.ts'
import { defaultExpiry, type MintedToken, mint } from './mint.ts'
import { excessRights } from './rights.ts'

export interface RotateRequest {
  db: Database
  actor: Actor
  fields: z.output<typeof tokenRotation>
}

export type RotateOutcome =
  | ({ kind: 'rotated' } & MintedToken)
  | { kind: 'excessive'; fields: FieldErrors }
  | { kind: 'revoked' }

/** Replaces a token by a new one. Only the instance may give it rights that the old one does not have. */
export async function rotateToken({ db, actor, fields }: RotateRequest, old: Token): Promise<RotateOutcome> {
  if (old.revokedAt !== null) return { kind: 'revoked' }
  const rights = {
    scopes: [...new Set(fields.scopes ?? old.scopes)],
    accessLevel: fields.access_level ?? old.accessLevel,
  }
  const excess = actor.kind !== 'instance' && excessRights(rights, old)
  if (excess) return { kind: 'excessive', fields: excess }
  const expiresAt = fields.expires_at ? Date.parse(fields.expires_at) : defaultExpiry(Date.now())
  const row = { ...rights, expiresAt, projectId: old.projectId, name: old.name, familyId: familyOf(old) }
  const minted = await mint({ db, actor, row, replaces: old })
  return minted ? { kind: 'rotated', ...minted } : { kind: 'revoked' }
}
