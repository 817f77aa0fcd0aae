import type * as z from 'zod'
import type { Token } from '../schema/tables.ts'
import { DAY, DEFAULT_DAYS, MAX_DAYS, type tokenRotation } from '../schema/token.ts'
import type { Actor } from '../settings/actor.ts'
import type { Database } from '../store/database.ts'
import { familyOf } from '../store/tokens.ts'
import { chooseExpiry, latestDate } from './expiry.ts'
import { mint, type TokenOutcome } from './mint.ts'
import { excessRights } from './rights.ts'

const LIFETIME = { usual: DEFAULT_DAYS * DAY, longest: MAX_DAYS * DAY }

export interface RotateRequest {
  db: Database
  actor: Actor
  fields: z.output<typeof tokenRotation>
}

/**
 * Replaces a token by a new one. Only the instance may give it more than the old one had: rights, or a lifetime longer
 * than the old one was created for. Otherwise a token could extend itself for ever.
 */
export async function rotateToken({ db, actor, fields }: RotateRequest, old: Token): Promise<TokenOutcome> {
  if (old.revokedAt !== null) return { kind: 'revoked' }
  const byInstance = actor.kind === 'instance'
  const now = Date.now()
  const rights = {
    scopes: [...new Set(fields.scopes ?? old.scopes)],
    accessLevel: fields.access_level ?? old.accessLevel,
  }
  const lifetime = byInstance ? LIFETIME : lifetimeOf(old)
  const expiresAt = chooseExpiry(fields.expires_at, lifetime, now)
  const excess = {
    ...(!byInstance && excessRights(rights, old)),
    ...(expiresAt === undefined && {
      expires_at: [
        `must be ${latestDate(lifetime, now)} at the latest: the new token lives no longer than the old one`,
      ],
    }),
  }
  if (expiresAt === undefined || Object.keys(excess).length > 0) return { kind: 'excessive', fields: excess }
  const { projectId, name } = old
  const bySignedUser = !byInstance && old.bySignedUser
  const row = { ...rights, expiresAt, projectId, name, familyId: familyOf(old), bySignedUser, createdAt: now }
  return mint({ db, actor, row, replaces: old })
}

function lifetimeOf({ createdAt, expiresAt }: Token) {
  const lifetime = expiresAt - createdAt
  return { usual: lifetime, longest: lifetime }
}
