import type { Context } from 'hono'
import type { KeyRing } from './crypto/keyring.ts'
import type { EngineBindings } from './delivery/engine.ts'
import type { Session } from './middleware/session.ts'
import type { Token } from './schema/tables.ts'
import type { Deployment } from './services/deployment.ts'
import type { Actor } from './settings/actor.ts'
import type { Database } from './store/database.ts'

/** `ENVIRONMENT` is set in development only; unset means production. */
export type Bindings = Omit<Env, Limiters | 'DELIVERIES' | 'EMAIL'> & {
  /** Events and their deliveries are deleted after so many days; 7 if unset. */
  EVENT_RETENTION_DAYS?: string
  ENVIRONMENT?: string
  /** `true` or `1` lets URLs and hosts lead to the local network, anything else does not; unset, only development lets them. */
  ALLOW_LOCAL_NETWORK?: string
  /** `nearest` lets reads without a bookmark go to the nearest replica, however far behind it is. */
  READ_REPLICAS?: string
  /** Address at which clients reach the API: the base of links in responses. */
  PUBLIC_URL?: string
  /** The tool that runs slash commands; unset, nothing is connected to them. */
  COMMAND_URL?: string
  /** Signs what goes there: `whsec_` and base64. */
  COMMAND_SECRET?: string
  /** A JSON Web Key Set, or its URL: who may sign tokens (JWT) for the tool's own users. */
  JWT_JWKS?: string
  JWT_ISSUER?: string
  JWT_AUDIENCE?: string
  /** Origins, separated by spaces, whose pages may show the console in a frame. */
  CONSOLE_EMBEDDERS?: string
  /** The tool's own sign-in page, which leads to the console. */
  CONSOLE_SIGN_IN_URL?: string
  /** The name of the tool, in the header of the console. */
  CONSOLE_TOOL_NAME?: string
} & EngineBindings & { [L in Limiters]?: RateLimit }

type Limiters = 'RATE_LIMIT' | 'RATE_LIMIT_EVENTS' | 'RATE_LIMIT_TESTS'

export interface AppEnv {
  Bindings: Bindings
  Variables: {
    requestId: string
    deployment: Deployment
    keyRing: KeyRing
    /** Parameters of the request by name: those of the query, then of the body. */
    parameters: Readonly<Record<string, unknown>>
    /** The names of a form in which none has a value; undefined for other bodies. */
    namesWithoutValues: readonly string[] | undefined
    /** Undefined without one, and in the API, which knows no sessions. */
    session: Session | undefined
    /** Changes with the stylesheet and the script of the console. */
    assetVersion: string
    db: Database
    actor: Actor
    /** The row of the token that was sent, dead ones too; undefined for the instance token. */
    token: Token | undefined
    /** The id of the project that the path names; the caller may know of it. */
    projectId: number
    /** Slugs whose secrets this request has read back. */
    secretsRead: readonly string[]
    /** The response holds a secret or a new token. */
    isSecret: boolean
  }
}

/** The part of a context for functions that do not respond themselves. */
export type RequestContext = Pick<Context<AppEnv>, 'req' | 'env' | 'get' | 'var' | 'executionCtx'>
