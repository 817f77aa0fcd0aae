import { errors } from '../errors.ts'
import type { Rule } from '../schema/rules.ts'
import type { Actor } from '../settings/actor.ts'

/** @throws the 403 of a scope that is too small */
export function checkScopes(rule: Rule, actor: Actor): void {
  if (rule.scopes.length > 0 && !rule.scopes.some((scope) => actor.scopes.includes(scope))) {
    throw errors.insufficientScope(rule.scopes)
  }
  const lacking = (rule.also ?? []).filter((scope) => !actor.scopes.includes(scope))
  if (lacking.length > 0) throw errors.insufficientScope(lacking)
}

/** @throws the 403 of a role that is too low */
export function checkRole(rule: Rule, actor: Actor): void {
  if (actor.role < rule.role) throw errors.forbidden()
}
