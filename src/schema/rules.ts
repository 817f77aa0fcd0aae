import { GUEST, MAINTAINER } from './roles.ts'
import type { Scope } from './tables.ts'

/** Above every role: the instance token alone. */
export const INSTANCE = 100

const READ: readonly Scope[] = ['api', 'read_api']
const WRITE: readonly Scope[] = ['api']

/** Requirements of a route: one of the scopes (any will do where none is named), and at least the role. */
export interface Rule {
  scopes: readonly Scope[]
  /** Scopes that it takes besides, all of them. */
  also?: readonly Scope[]
  role: number
}

/** Requirements by kind of route (docs/rules.md#tokens). */
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

export type RuleName = keyof typeof rules
