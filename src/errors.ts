import type { ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Choices, FieldErrors } from './schema/issues.ts'
import type { Scope } from './schema/tables.ts'
import { DatabaseError } from './store/database.ts'

/** Limit of the fields that one error names. */
const MAX_FIELDS = 20

/** Every error of the API, worded as by GitLab (docs/rules.md#errors). Its message is written for the caller. */
export const errors = {
  /** A body or a query that cannot be read, or holds more than any client sends. */
  unreadable: (message: string) => failure(400, { error: message }),
  /** Missing and ill-typed parameters. */
  parameters: (fields: FieldErrors, allowed: Choices = {}) =>
    failure(400, { error: describe(fields), ...details(fields, allowed) }),
  /** Neither of two parameters, either of which would do; worded as by GitLab. */
  atLeastOne: (one: string, other: string) =>
    failure(400, {
      error: `${one}, ${other} are missing, at least one parameter must be provided`,
      errors: { [one]: [`or ${other} must be provided`], [other]: [`or ${one} must be provided`] },
    }),
  /** Values that violate rules. */
  rules: (fields: FieldErrors, allowed: Choices = {}) =>
    failure(400, { message: `400 Bad Request - ${describe(fields)}`, ...details(fields, allowed) }),
  /** A refusal in the shape of GitLab's models: field → texts. */
  model: (fields: FieldErrors) => failure(400, { message: bounded(fields) }),
  badRequest: (message: string) => failure(400, { message }),
  unauthorized: () => failure(401, { message: '401 Unauthorized' }),
  expired: () => rejectedToken('Token is expired. You can either do re-authorization or token refresh.'),
  /** A signed token with a claim that is not accepted. */
  invalidToken: (description: string) => rejectedToken(description),
  revoked: () => rejectedToken('Token was revoked. You have to re-authorize from the user.'),
  insufficientScope: (enough: readonly Scope[]) =>
    failure(403, {
      error: 'insufficient_scope',
      error_description: 'The request requires higher privileges than provided by the access token.',
      scope: enough.join(' '),
    }),
  forbidden: () => failure(403, { message: '403 Forbidden' }),
  noRoute: (detail?: string) => failure(404, { error: '404 Not Found', detail }),
  notFound: (what: 'Project' | 'Service' | 'Token' | 'Delivery', detail?: string) =>
    failure(404, { message: `404 ${what} Not Found`, detail }),
  /** Endpoints changed while a request was sending a secret to them. */
  moved: (names: readonly string[]) => failure(409, { message: movedMessage(names) }),
  preconditionFailed: () => failure(412, { message: '412 Precondition Failed' }),
  tooLarge: () => failure(413, { message: '413 Payload Too Large' }),
  contentType: () => failure(415, { error: 'The provided content-type is not supported.' }),
  tooMany: () => failure(429, { message: '429 Too Many Requests' }, { 'Retry-After': '60' }),
  /** Another server did not do what the request needs. The reason holds nothing of its response. */
  badGateway: (reason: string) => failure(502, { message: `502 Bad Gateway - ${reason}` }),
  unavailable: () => failure(503, { message: '503 Service Unavailable' }, { 'Retry-After': '1' }),
  internal: () => failure(500, { message: '500 Internal Server Error' }),
}

export function movedMessage(names: readonly string[]): string {
  return `409 Conflict - ${names.join(', ')} changed meanwhile`
}

/** Several segments in the place of the project: most likely its full path, with slashes that are not encoded. */
const UNENCODED = /^(?:\/api\/v4)?\/projects\/(?!\d+\/)[^/%]+\/[^/]/

export const notFound: NotFoundHandler = (c) =>
  errors
    .noRoute(
      UNENCODED.test(c.req.path) ? 'Encode the slashes of a project’s full path, as in group%2Fproject' : undefined,
    )
    .getResponse()

/** Responds to whatever was thrown: errors of the API as they are; others are logged, and the response gives no reason. */
export const onError: ErrorHandler = (error) => {
  if (error instanceof HTTPException) return error.getResponse()
  logError(error)
  return (isTransient(error) ? errors.unavailable() : errors.internal()).getResponse()
}

/** Returns whether the same request may succeed later. The messages of these errors hold no value of a request. */
export function isTransient(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError
}

/** Logs an error. Its message is logged only if it is known to contain no value of a request. */
export function logError(error: unknown): void {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error()
  const at = stack.split('\n').flatMap((line) => /^\s+(at .*)/.exec(line)?.[1] ?? [])
  console.error(JSON.stringify({ level: 'error', error: name, message: isTransient(error) ? message : undefined, at }))
}

function failure(status: ContentfulStatusCode, body: object, headers?: Record<string, string>): HTTPException {
  return new HTTPException(status, { res: Response.json(body, { status, headers: { ...headers } }) })
}

function rejectedToken(description: string): HTTPException {
  return failure(
    401,
    { error: 'invalid_token', error_description: description },
    { 'WWW-Authenticate': `Bearer realm="The API", error="invalid_token", error_description="${description}"` },
  )
}

function describe(fields: FieldErrors): string {
  const texts = Object.entries(bounded(fields)).flatMap(([field, list]) => list.map((text) => `${field} ${text}`))
  return [...texts, ...(Object.keys(fields).length > MAX_FIELDS ? ['…'] : [])].join(', ')
}

/** Errors by field, with the valid values of choices. */
function details(fields: FieldErrors, allowed: Choices): { errors: FieldErrors; allowed?: Choices } {
  const shown = bounded(fields)
  const choices = Object.entries(allowed).filter(([field]) => Object.hasOwn(shown, field))
  return { errors: shown, ...(choices.length > 0 && { allowed: Object.fromEntries(choices) }) }
}

function bounded(fields: FieldErrors): FieldErrors {
  return Object.fromEntries(Object.entries(fields).slice(0, MAX_FIELDS))
}
