import type * as z from 'zod'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { RefusalName } from './refusals.ts'

/** What a caller must be allowed to, by the name of the rule. */
export type RuleName =
  | 'anyToken'
  | 'readProject'
  | 'writeProject'
  | 'readSettings'
  | 'writeSettings'
  | 'readAudit'
  | 'readTokens'
  | 'instance'

export interface Rule {
  scopes: readonly string[]
  role: number
}

export type HeaderName =
  | 'ETag'
  | 'Link'
  | 'X-Ignored-Parameters'
  | 'X-Total'
  | 'X-Total-Pages'
  | 'X-Page'
  | 'X-Per-Page'
  | 'X-Next-Page'
  | 'X-Prev-Page'

export interface Answer {
  description: string
  /** Undefined where there is no body. */
  schema?: JsonSchema
  example?: unknown
  headers?: readonly HeaderName[]
  /** It can be had as YAML too. */
  isYaml?: boolean
}

/** One method of one route. */
export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  /** Stands outside `/api/v4`. */
  isRoot?: boolean
  id: string
  tag: string
  summary: string
  description?: string
  deprecated?: boolean
  /** Undefined where no token is asked for. */
  rule?: RuleName
  query?: z.ZodObject
  preconditions?: readonly ('If-Match' | 'If-None-Match' | 'If-Unmodified-Since')[]
  body?: { schema: JsonSchema; example: unknown; isFile?: boolean }
  answers: Readonly<Record<number, Answer>>
  /** Besides those that follow from the rest. */
  refusals?: readonly RefusalName[]
  /** Examples of what this route alone refuses, by status. */
  refused?: Readonly<Record<number, Readonly<Record<string, unknown>>>>
}
