import { contextOf, type DeliveryContext } from '../../src/schema/context.ts'
import { type FlagName, isOn, withFlag } from '../../src/schema/events.ts'
import { type Occurrence, toOccurrence } from '../../src/schema/payload.ts'
import { type Service, stepsOf, subscribesTo, type Values } from '../../src/schema/service.ts'
import { type Judgement, judge, type Step, type StepResponse } from '../../src/schema/step.ts'

export const KEY = '9-example'

const PROJECT = {
  name: 'Rocket',
  fullName: 'Acme / Rocket',
  protectedBranches: ['release-*'],
  emailsEnabled: true,
}

export type Payload = Readonly<Record<string, unknown>>

/** Settings of a project: what was sent for a new row, over the service's defaults. */
export interface Settings {
  params?: Values
  flags?: Readonly<Partial<Record<FlagName, boolean>>>
}

/** The response to each request, in their order; 200 without a body if there is none left. */
export type Responder = (step: Step) => StepResponse

export interface Run {
  steps: Step[]
  /** Of the responses, in their order. */
  judgements: Judgement[]
  /** Reason for which nothing was sent, or the run failed. */
  reason?: string | undefined
}

/** Runs a service's `deliver` as the engine does, without a network. */
export function deliver(service: Service, payload: Payload, settings: Settings = {}, respond: Responder = ok): Run {
  const occurrence = toOccurrence(payload, JSON.stringify(payload))
  if (!occurrence) return nothing('unknown kind')
  const params = paramsOf(service, settings.params)
  const flags = flagsOf(service, params, settings.flags)
  const isFlagOn = (flag: FlagName) => isOn(flags, flag)
  if (!subscribesTo(service, occurrence, isFlagOn)) return nothing('not subscribed')
  return runSteps(service, occurrence, params, contextFor(occurrence, isFlagOn), respond)
}

export function runSteps(
  service: Service,
  occurrence: Occurrence,
  params: Values,
  context: DeliveryContext,
  respond: Responder = ok,
): Run {
  const generator = stepsOf(service, occurrence, params, context)
  if (!generator) return nothing('does not act on the kind')
  const steps: Step[] = []
  const judgements: Judgement[] = []
  let input: unknown
  for (;;) {
    const { done, value } = generator.next(input)
    if (done) return { steps, judgements, reason: value || undefined }
    steps.push(value)
    if (!('method' in value)) {
      input = null
      continue
    }
    const response = respond(value)
    const judgement = judge(value, response)
    judgements.push(judgement)
    const { verdict } = judgement
    if (!['confirmed', 'accepted', 'ignored'].includes(verdict)) return { steps, judgements, reason: verdict }
    input = value.read?.(response) ?? null
  }
}

function nothing(reason: string): Run {
  return { steps: [], judgements: [], reason }
}

export function contextFor(occurrence: Occurrence, isFlagOn: (flag: FlagName) => boolean = () => true) {
  return contextOf(occurrence, PROJECT, {
    isOn: isFlagOn,
    idempotencyKey: KEY,
    acceptedAt: new Date('2026-11-26T04:00:00Z'),
  })
}

export function paramsOf({ params }: Service, sent: Values = {}): Values {
  const stored = params.filter(({ aliasOf }) => !aliasOf)
  return Object.fromEntries(
    stored.map(({ name, fallback }) => [name, (sent[name] === '' ? null : sent[name]) ?? fallback]),
  )
}

function flagsOf({ initialFlags, flagsFollowing }: Service, params: Values, sent: Settings['flags'] = {}): number {
  const chosen = Object.entries(sent) as [FlagName, boolean][]
  const mirrored = flagsFollowing.map(([flag, param]) => [flag, params[param] === true] as const)
  return [...chosen, ...mirrored].reduce((flags, [flag, on]) => withFlag(flags, flag, on), initialFlags)
}

/** All the headers of a step, as they go out. */
export function headersOf(step: Step): Record<string, string> {
  if ('mail' in step) return { ...step.mail.headers }
  if ('tcp' in step) return {}
  const { auth, headers } = step
  if (!auth) return { ...headers }
  const value = 'basic' in auth ? `Basic ${btoa(auth.basic.join(':'))}` : `Bearer ${auth.bearer}`
  return { ...headers, Authorization: value }
}

export function responseOf(status: number, body: unknown = ''): StepResponse {
  return { status, header: () => null, text: typeof body === 'string' ? body : JSON.stringify(body) }
}

function ok(): StepResponse {
  return responseOf(200)
}
