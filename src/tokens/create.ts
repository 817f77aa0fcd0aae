import type * as z from 'zod'
import type { FieldErrors } from '../schema/issues.ts'
import { MAINTAINER } from '../schema/roles.ts'
import type { tokenCreation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import type { Database } from '../store/database.ts'
import { defaultExpiry, type MintedToken, mint } from './mint.ts'
import { excessRights } from './rights.ts'

export interface CreateRequest {
  db: Database
  actor: Actor
  projectId: number
  fields: z.output<typeof tokenCreation>
}

export type CreateOutcome =
  | ({ kind: 'created' } & MintedToken)
  | { kind: 'excessive'; fields: FieldErrors }
  | { kind: 'no project' }

/** Creates a token of the project; a signed user gives it no more than their own rights. */
export async function createToken({ db, actor, projectId, fields }: CreateRequest): Promise<CreateOutcome> {
  const rights = { scopes: [...new Set(fields.scopes)], accessLevel: fields.access_level ?? MAINTAINER }
  const excess = actor.kind === 'signed' && excessRights(rights, { scopes: actor.scopes, accessLevel: actor.role })
  if (excess) return { kind: 'excessive', fields: excess }
  const expiresAt = fields.expires_at ? Date.parse(fields.expires_at) : defaultExpiry(Date.now())
  const row = { ...rights, expiresAt, projectId, name: fields.name, familyId: null }
  const minted = await mint({ db, actor, row })
  return minted ? { kind: 'created', ...minted } : { kind: 'no project' }
}
