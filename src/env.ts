import type { Context } from 'hono'
import type { KeyRing } from './crypto/keyring.ts'
import type { Token } from './schema/tables.ts'
import type { Actor } from './settings/actor.ts'
import type { Database } from './store/database.ts'

/** `ENVIRONMENT` is set in development only; unset means production. */
export type Bindings = Env & { ENVIRONMENT?: string }

export interface AppEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    keyRing: KeyRing
    /** What the request sent, by name: the query, then the body. */
    parameters: Readonly<Record<string, unknown>>
    db: Database
    actor: Actor
    /** The row of the token that was sent; undefined for the instance token. */
    token: Token | undefined
    /** The id of the project that the path names; the caller may know of it. */
    projectId: number
  }
}

/** What a function may know of a request that it does not answer itself. */
export type Incoming = Pick<Context<AppEnv>, 'req' | 'env' | 'get' | 'var' | 'executionCtx'>
