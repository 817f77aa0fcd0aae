import type { FieldErrors } from '../schema/issues.ts'
import type { Token } from '../schema/tables.ts'

export type Rights = Pick<Token, 'scopes' | 'accessLevel'>

/** Returns what exceeds `held` in `wanted`, by parameter. */
export function excessRights(wanted: Rights, held: Rights): FieldErrors {
  const hasMore = wanted.scopes.some((scope) => !held.scopes.includes(scope))
  return {
    ...(hasMore && { scopes: ['must be among those of the token'] }),
    ...(wanted.accessLevel > held.accessLevel && { access_level: ['must not be above that of the token'] }),
  }
}
