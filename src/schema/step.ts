import { trimSlashes } from './slashes.ts'

/**
 * Requests of a service, as data. `deliver` is a pure generator: it yields one step at a time and receives what the
 * step's `read` made of the response. The same event, parameters and responses always give the same steps, so one
 * function serves a delivery, a dry run, the log, a test and a retry that resumes in the middle.
 */
export type Step = HttpStep | { mail: MailStep } | { tcp: TcpStep }

export interface HttpStep {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT'
  url: string
  auth?: Auth
  /** Names as they are sent. The transport adds `User-Agent` if it is missing. */
  headers?: Readonly<Record<string, string>>
  body?: string
  /** Set if sending it twice does no harm. Without it, only a POST is unsafe to repeat after a lost response. */
  repeatable?: boolean
  /** Responses that are no failure although their status says so: the delivery goes on. */
  tolerates?: (response: StepResponse) => boolean
  /** The service's own rule of success; undefined leaves the decision to the status. */
  judge?: Judge
  /** Returns the part of the response that later steps need. It is stored in the checkpoint, so it must be small and hold no secret. */
  read?: (response: StepResponse) => Json
}

/** Credentials as data, so that a redacted run shows which kind they are. */
export type Auth = { basic: readonly [user: string, password: string] } | { bearer: string }

export interface MailStep {
  to: readonly string[]
  bcc?: readonly string[]
  replyTo?: string
  /** Display name of the sender; the address is the deployment's. */
  fromName?: string
  subject: string
  text: string
  headers?: Readonly<Record<string, string>>
}

/** Lines for one TCP connection, without line breaks. */
export interface TcpStep {
  host: string
  port: number
  lines: readonly string[]
}

export interface StepResponse {
  status: number
  header: (name: string) => string | null
  /** The beginning of the body. */
  text: string
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/**
 * - `confirmed`: the receiver says that it acted.
 * - `accepted`: a good status, and no proof.
 * - `ignored`: a good status, and the receiver dropped it.
 * - `wait`: try again when the receiver says.
 * - `again`: try again.
 * - `blocked`: the receiver's network refuses our address; a long pause for the whole host.
 * - `fix`: somebody has to change the settings or the event; not tried again.
 * - `dead`: the destination is gone or refuses us; not tried again.
 */
export type Verdict = 'confirmed' | 'accepted' | 'ignored' | 'wait' | 'again' | 'blocked' | 'fix' | 'dead'

/** From the most certain to the least. */
export const GOOD_VERDICTS = ['confirmed', 'accepted', 'ignored'] as const satisfies Verdict[]

export function isGood(verdict: string): boolean {
  return GOOD_VERDICTS.some((good) => good === verdict)
}

export interface Judgement {
  verdict: Verdict
  /** One sentence for the log, without values of the response. */
  reason?: string
  /** Seconds that the receiver asks for in its body; `Retry-After` is read by the engine. */
  retryAfter?: number
}

/** Decides what a response means; undefined leaves that to the status. */
export type Judge = (response: StepResponse) => Judgement | undefined

/** Returns why nothing was to be done; undefined if something was. */
export type Steps = Generator<Step, string | undefined, unknown>

/** Steps that always do something: a generator that never returns a reason is inferred as void. */
export type AnySteps = Steps | Generator<Step, void, unknown>

/** A step whose response decides what follows. */
export function* ask<const T extends Json>(
  step: HttpStep,
  read: (response: StepResponse) => T,
): Generator<Step, T, unknown> {
  return (yield { ...step, read }) as T
}

type Options = Partial<Omit<HttpStep, 'url' | 'body'>>

/** The content type is exact: some receivers refuse one with a charset. */
export function json(url: string, body: unknown, options: Options = {}): HttpStep {
  const headers = { 'Content-Type': 'application/json', ...options.headers }
  return { method: 'POST', url, body: JSON.stringify(body), ...options, headers }
}

export function form(url: string, fields: Readonly<Record<string, string>>, options: Options = {}): HttpStep {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...options.headers }
  return { method: 'POST', url, body: new URLSearchParams(fields).toString(), ...options, headers }
}

/** Basic authentication; none if both parts are blank. */
export function basic(user: string | null, password: string | null): { auth?: Auth } {
  return user || password ? { auth: { basic: [user ?? '', password ?? ''] } } : {}
}

export function bearer(token: string): { auth: Auth } {
  return { auth: { bearer: token } }
}

/** `https://a/b/` and `/c` make `https://a/b/c`. */
export function joinUrl(base: string, path: string): string {
  return `${trimSlashes(base)}/${path.replace(/^\/+/, '')}`
}

/** Adds a query; the one that the URL has is kept byte for byte, for it may be signed. */
export function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const more = new URLSearchParams(query).toString()
  return more === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${more}`
}

/** The response's JSON; undefined if it is none. */
export function parseJson({ text }: StepResponse): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A value within the response's JSON; undefined if there is none. */
export function jsonAt(response: StepResponse, ...path: readonly string[]): unknown {
  return valueAt(parseJson(response), ...path)
}

/** A value within another one; undefined if there is none. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

export function isRepeatable({ method, repeatable = method !== 'POST' }: HttpStep): boolean {
  return repeatable
}

/**
 * The judgement of a response: what the step tolerates, the service's own rule, then the status. No body makes a success
 * of a 5xx: a gateway may send the body of an earlier response along.
 */
export function judge(step: HttpStep, response: StepResponse): Judgement {
  if (step.tolerates?.(response)) return { verdict: 'accepted' }
  const own = step.judge?.(response)
  return own && !(response.status >= 500 && isGood(own.verdict)) ? own : judgeStatus(response)
}

const DEAD: readonly number[] = [401, 403, 404, 410]
/** Statuses below 500 that pass by themselves. */
const TRANSIENT: readonly number[] = [408, 425, 429]

function judgeStatus({ status, header, text }: StepResponse): Judgement {
  if (status >= 200 && status < 300) return { verdict: 'accepted' }
  // Cloudflare's refusal of the sender's address, which Workers share: the destination did nothing wrong.
  if ((status === 403 || status === 429) && /\berror code: 1015\b/.test(text)) return { verdict: 'blocked' }
  if (status >= 500 || TRANSIENT.includes(status)) {
    return { verdict: status === 429 || header('Retry-After') !== null ? 'wait' : 'again' }
  }
  return { verdict: DEAD.includes(status) ? 'dead' : 'fix' }
}
