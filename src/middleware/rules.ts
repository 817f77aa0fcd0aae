import { errors } from '../errors.ts'
import { GUEST, MAINTAINER } from '../schema/roles.ts'
import type { Scope } from '../schema/tables.ts'
import type { Actor } from '../settings/actor.ts'

/** Above every role: the instance token alone. */
export const INSTANCE = 100

const READ: readonly Scope[] = ['api', 'read_api']
const WRITE: readonly Scope[] = ['api']

/** What a route asks of its caller: one of the scopes (any will do where none is named), and at least the role. */
export interface Rule {
  scopes: readonly Scope[]
  /** Scopes that it takes besides, all of them. */
  also?: readonly Scope[]
  role: number
}

/** Who may do what (docs/rules.md#tokens). */
export const rules = {
  anyToken: { scopes: [], role: 0 },
  readProject: { scopes: READ, role: GUEST },
  writeProject: { scopes: WRITE, role: MAINTAINER },
  readSettings: { scopes: READ, role: MAINTAINER },
  writeSettings: { scopes: WRITE, role: MAINTAINER },
  readSecrets: { scopes: READ, also: ['read_secrets'], role: MAINTAINER },
  /** Posts events and does nothing else: whoever finds the token in a webhook's form can read and change nothing. */
  postEvent: { scopes: ['send_events', 'api'], role: 0 },
  readAudit: { scopes: READ, role: MAINTAINER },
  readTokens: { scopes: READ, role: MAINTAINER },
  /** For signed tokens, which speak for people: the tokens of the project itself make no others. */
  createToken: { scopes: WRITE, role: MAINTAINER },
  instance: { scopes: WRITE, role: INSTANCE },
} as const satisfies Record<string, Rule>

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
