import type * as z from 'zod'
import type { JsonSchema } from '../schema/json-schema.ts'
import type { RuleName } from '../schema/rules.ts'
import type { ErrorResponseName } from './error-responses.ts'

export type HeaderName =
  | 'ETag'
  | 'Link'
  | 'Preference-Applied'
  | 'X-Ignored-Parameters'
  | 'X-Total'
  | 'X-Total-Pages'
  | 'X-Page'
  | 'X-Per-Page'
  | 'X-Next-Page'
  | 'X-Prev-Page'

export type HeaderParameter = 'If-Match' | 'If-None-Match' | 'If-Unmodified-Since' | 'Prefer'

/** A response to a request that succeeded. */
export interface ResponseFacts {
  description: string
  /** Undefined if there is no body. */
  schema?: JsonSchema
  example?: unknown
  headers?: readonly HeaderName[]
  /** Also available as YAML. */
  isYaml?: boolean
}

/** Facts about one method of one route, before shared parts are added. */
export interface OperationFacts {
  /** Outside `/api/v4`. */
  isRoot?: boolean
  id: string
  summary: string
  description?: string
  deprecated?: boolean
  /** Undefined if no token is needed. */
  rule?: RuleName
  query?: z.ZodObject
  /** Request headers. */
  headers?: readonly HeaderParameter[]
  body?: { schema: JsonSchema; example: unknown; isFile?: boolean }
  responses: Readonly<Record<number, ResponseFacts>>
  /** Besides those that follow from the rest. */
  errors?: readonly ErrorResponseName[]
  /** Examples of errors that only this operation returns, by status. */
  errorExamples?: Readonly<Record<number, Readonly<Record<string, unknown>>>>
}

type Route = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`

/** A heading that operations are listed under. */
export interface Tag {
  name: string
  description: string
}

/** The operations of one handler, with the schemas that they refer to. */
export interface Resource {
  tag: Tag
  operations: Readonly<Record<Route, OperationFacts>>
  schemas: readonly NamedSchema[]
}

/** A schema of `#/components/schemas`. */
export interface NamedSchema {
  name: string
  schema: JsonSchema
}
