import type { DeliveryContext } from '../schema/context.ts'
import type { Occurrence } from '../schema/payload.ts'
import { redactParams, type Service, stepsOf, type Values } from '../schema/service.ts'
import {
  type AnySteps,
  GOOD_VERDICTS,
  isGood,
  isRepeatable,
  type Json,
  judge,
  type Step,
  type StepResponse,
  type Verdict,
} from '../schema/step.ts'
import type { Attempt, LoggedRequest } from '../schema/tables.ts'
import { blockedReason } from '../settings/address.ts'
import { blockedUntil, blockHost } from './blocked-hosts.ts'
import { NOTHING } from './destination.ts'
import { redactor } from './redact.ts'
import { parseRetryAfter } from './schedule.ts'
import { type Network, send } from './transport.ts'

/** One event for one destination. */
export interface Job {
  service: Service
  /** With the secrets. */
  params: Values
  /** Makes the steps; undefined if the service has none for the event. */
  steps(params: Values): AnySteps | undefined
  /** Results of the steps of earlier attempts, which are not taken again. */
  results: readonly Json[]
  /** Requests of earlier attempts whose response was lost. */
  lost: number
}

export interface Outcome {
  /** Of the last step; `skipped` if there was nothing to do, `unfinished` if the time was up between two steps. */
  verdict: Verdict | 'skipped' | 'unfinished'
  reason: string | undefined
  /** Milliseconds that the receiver asked for. */
  retryAfter: number | undefined
  results: readonly Json[]
  lost: number
  attempt: Attempt
  /** Exception of the service: a fault of the program. */
  error?: unknown
}

/** Steps begin no later than this after the first one: the lease of a delivery must outlast its last step. */
const BUDGET_MS = 25_000
const EXCERPT_LENGTH = 1024
/** An attempt with more requests than this is logged without the rest. */
const MAX_LOGGED_REQUESTS = 20
/** A build or a message is not asked for a third time when two responses were lost: the receiver may have acted. */
const MAX_LOST = 2

/** Steps for an event, for `Job`. */
export function eventSteps(service: Service, occurrence: Occurrence, context: DeliveryContext): Job['steps'] {
  return (params) => stepsOf(service, occurrence, params, context)
}

/**
 * Takes the steps one after the other and stops at the first that fails. The log is made by a second run of the same
 * generator on redacted parameters, so that it cannot hold a secret, however the service encodes it.
 */
export async function runAttempt(job: Job, network: Network): Promise<Outcome> {
  const at = Date.now()
  const redact = redactor(job.service, job.params)
  const progress: Progress = { results: [], requests: [], lost: job.lost, verdicts: [] }
  const ended = await takeSteps(job, network, redact, progress, at + BUDGET_MS).catch(failedInside)
  const reason = ended.reason && redact(ended.reason)
  const requests = progress.requests.slice(0, MAX_LOGGED_REQUESTS)
  const attempt: Attempt = { at, ms: Date.now() - at, requests, ...(reason && { reason }) }
  return { ...ended, reason, results: progress.results, lost: progress.lost, attempt }
}

type Ended = Pick<Outcome, 'verdict' | 'reason' | 'retryAfter' | 'error'>

interface Progress {
  results: Json[]
  requests: LoggedRequest[]
  lost: number
  /** Of the steps that were taken. */
  verdicts: Verdict[]
}

async function takeSteps(
  job: Job,
  network: Network,
  redact: (text: string) => string,
  progress: Progress,
  deadline: number,
): Promise<Ended> {
  const steps = job.steps(job.params)
  const shown = redactedRun(job)
  if (!steps) return { verdict: 'skipped', reason: NOTHING, retryAfter: undefined }
  let input: Json | undefined
  for (;;) {
    const { done, value } = steps.next(input)
    const line = shown(input)
    if (done) return conclude(progress, value || undefined)
    const earlier = job.results[progress.results.length]
    if (earlier !== undefined) input = earlier
    else if (Date.now() > deadline) return { verdict: 'unfinished', reason: undefined, retryAfter: undefined }
    else {
      const taken = await takeStep(value, network)
      progress.requests.push({ ...line, ...logOf(value, taken, redact) })
      if (!isGood(taken.verdict)) return refuse(value, taken, progress)
      progress.verdicts.push(taken.verdict)
      input = taken.result
    }
    progress.results.push(input)
  }
}

interface Taken {
  verdict: Verdict
  reason: string | undefined
  retryAfter: number | undefined
  isLost: boolean
  response: StepResponse | undefined
  result: Json
}

async function takeStep(step: Step, network: Network): Promise<Taken> {
  const until = 'method' in step ? blockedUntil(step.url, Date.now()) : undefined
  if (until !== undefined) return { ...BLOCKED, retryAfter: until - Date.now() }
  const sent = await send(step, network)
  if ('failure' in sent) {
    return { ...sent.failure, retryAfter: undefined, response: undefined, result: null }
  }
  const { response } = sent
  // Neither a mail server nor a listener on TCP says more than that it took the message.
  if (!('method' in step)) return { ...ACCEPTED, response }
  const { verdict, reason, retryAfter } = judge(step, response)
  if (verdict === 'blocked') blockHost(step.url, Date.now())
  if (isGood(verdict)) return { ...ACCEPTED, verdict, reason, response, result: step.read?.(response) ?? null }
  return {
    verdict,
    reason: reason ?? `the receiver responded ${response.status}`,
    retryAfter: retryAfter === undefined ? parseRetryAfter(response, Date.now()) : retryAfter * 1000,
    isLost: false,
    response,
    result: null,
  }
}

const BLOCKED = {
  verdict: 'blocked',
  reason: 'the network of the receiver refuses this sender for now',
  isLost: false,
  response: undefined,
  result: null,
} as const satisfies Partial<Taken>

const ACCEPTED = {
  verdict: 'accepted',
  reason: undefined,
  retryAfter: undefined,
  isLost: false,
  result: null,
} as const satisfies Omit<Taken, 'response'>

function refuse(step: Step, { verdict, reason, retryAfter, isLost }: Taken, progress: Progress): Ended {
  if (!isLost || ('method' in step && isRepeatable(step))) return { verdict, reason, retryAfter }
  progress.lost += 1
  if (progress.lost < MAX_LOST) return { verdict, reason, retryAfter }
  return { verdict: 'fix', reason: `${reason} twice; not repeated, because the receiver may have acted`, retryAfter }
}

/** The least certain verdict of the steps. */
function conclude({ verdicts, results }: Progress, reason: string | undefined): Ended {
  if (results.length === 0) return { verdict: 'skipped', reason, retryAfter: undefined }
  const verdict = [...GOOD_VERDICTS].reverse().find((good) => verdicts.includes(good)) ?? 'confirmed'
  return { verdict, reason, retryAfter: undefined }
}

/** An exception of a service's generator is a fault of the program: the next attempt would fail alike. */
function failedInside(error: unknown): Ended {
  return { verdict: 'fix', reason: 'the service could not make the request', retryAfter: undefined, error }
}

const TEXT = /^(text\/|application\/([\w.+-]+\+)?(json|xml)\b)/i

function logOf(step: Step, { verdict, response }: Taken, redact: (text: string) => string): Partial<LoggedRequest> {
  if (!response) return {}
  if (isLocal(step)) return { status: response.status }
  const isText = TEXT.test(response.header('Content-Type') ?? 'text/plain')
  const excerpt = isGood(verdict) || !isText ? '' : redact(response.text).slice(0, EXCERPT_LENGTH)
  return { status: response.status, ...(excerpt && { response: excerpt }) }
}

/** Whoever may set up a service must not read pages of the operator's network through its log. */
function isLocal(step: Step): boolean {
  const origin = 'method' in step ? URL.parse(step.url)?.origin : undefined
  return origin !== undefined && blockedReason('url', origin, false) !== undefined
}

/**
 * Returns a function that moves the redacted run one step on. Should redacted parameters lead it elsewhere, or make it
 * fail, the log shows nothing rather than the real run.
 */
function redactedRun(job: Job): (input: Json | undefined) => LoggedRequest {
  const steps = attemptSteps(job)
  return (input) => {
    try {
      const next = steps?.next(input)
      return next && !next.done && next.value ? describeStep(next.value) : UNKNOWN
    } catch {
      return UNKNOWN
    }
  }
}

function attemptSteps({ service, params, steps }: Job): AnySteps | undefined {
  return steps(redactParams(service, params))
}

const UNKNOWN: LoggedRequest = { method: '***', to: '***' }

function describeStep(step: Step): LoggedRequest {
  if ('mail' in step) return { method: 'MAIL', to: [...step.mail.to, ...(step.mail.bcc ?? [])].join(', ') }
  if ('tcp' in step) return { method: 'TCP', to: `${step.tcp.host}:${step.tcp.port}` }
  return { method: step.method, to: step.url }
}
