import type * as z from 'zod'
import { MAINTAINER } from '../schema/roles.ts'
import { DAY, DEFAULT_DAYS, MAX_DAYS, SIGNED_MAX_DAYS, type tokenCreation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import type { Database } from '../store/database.ts'
import { chooseExpiry } from './expiry.ts'
import { mint, type TokenOutcome } from './mint.ts'
import { excessRights } from './rights.ts'

const LIFETIME = { usual: DEFAULT_DAYS * DAY, longest: MAX_DAYS * DAY }
const SIGNED_LIFETIME = { usual: SIGNED_MAX_DAYS * DAY, longest: SIGNED_MAX_DAYS * DAY }

export interface CreateRequest {
  db: Database
  actor: Actor
  projectId: number
  fields: z.output<typeof tokenCreation>
}

/** Creates a token of the project. A signed user gives it no more rights than their own, and 90 days at most. */
export async function createToken({ db, actor, projectId, fields }: CreateRequest): Promise<TokenOutcome> {
  const bySignedUser = actor.kind === 'signed'
  const now = Date.now()
  const rights = { scopes: [...new Set(fields.scopes)], accessLevel: fields.access_level ?? MAINTAINER }
  const expiresAt = chooseExpiry(fields.expires_at, bySignedUser ? SIGNED_LIFETIME : LIFETIME, now)
  const excess = {
    ...(bySignedUser && excessRights(rights, { scopes: actor.scopes, accessLevel: actor.role })),
    ...(expiresAt === undefined && { expires_at: [`must be at most ${SIGNED_MAX_DAYS} days ahead`] }),
  }
  if (expiresAt === undefined || Object.keys(excess).length > 0) return { kind: 'excessive', fields: excess }
  const row = { ...rights, expiresAt, projectId, name: fields.name, familyId: null, bySignedUser, createdAt: now }
  return mint({ db, actor, row })
}
