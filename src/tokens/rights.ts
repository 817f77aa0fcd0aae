import type { FieldErrors } from '../schema/issues.ts'
import type { Token } from '../schema/tables.ts'

export type Rights = Pick<Token, 'scopes' | 'accessLevel'>

/** Returns the rights in `wanted` that exceed `held`, by parameter; undefined if there are none. */
export function excessRights(wanted: Rights, held: Rights): FieldErrors | undefined {
  if (wanted.scopes.some((scope) => !held.scopes.includes(scope)))
    return { scopes: ['must be among those of the token'] }
  if (wanted.accessLevel > held.accessLevel) return { access_level: ['must not be above that of the token'] }
  return undefined
}
