import * as z from 'zod'
import type { CommandReply } from './command.ts'
import type { AskCommitStatus } from './commit-status.ts'
import type { DeliveryContext } from './context.ts'
import { type EventName, type FlagName, flagOf, initialFlags, ownFlags } from './events.ts'
import { type AddressKind, clearable, flag, required } from './field.ts'
import type { Kind, Occurrence } from './payload.ts'
import type { AnySteps } from './step.ts'

/** A stored or sent value of one parameter; `null` is "not set", and in a request "clear it". */
export type Value = string | number | boolean | readonly string[] | null
export type Values = Readonly<Record<string, Value>>

/** Purposes of services. */
export const KINDS = ['chat', 'issues', 'ci', 'documents', 'monitoring', 'packages', 'security'] as const
type ServiceKind = (typeof KINDS)[number]

export interface Param {
  name: string
  /** Accepts the value itself: no blank, no default. */
  schema: z.ZodType
  required: boolean
  secret: boolean
  endpoint: boolean
  /** The form in which its value names a place that requests go to; undefined if it names none. */
  address: AddressKind | undefined
  /** Value of the parameter until one is sent, and again once it is cleared. */
  fallback: Value
  /** The parameter that this one is an alias of. An alias is not stored. */
  aliasOf: string | undefined
}

type Declared = Readonly<Record<string, z.ZodType>>

/** The parameters as `deliver` gets them: null if not set. */
export type Given<P extends Declared> = {
  readonly [N in keyof P]: undefined extends z.output<P[N]> ? Exclude<z.output<P[N]>, undefined> | null : z.output<P[N]>
}

/** The steps of a service for an event of the kind, one after the other. */
type Deliver<K extends Kind, P> = (occurrence: Occurrence<K>, params: P, context: DeliveryContext) => AnySteps

/** `always` leaves the decision to `deliver`, which asks `context.isOn`. */
type Subscription = readonly EventName[] | 'always'

/** One kind of destination, and all that the rest of the program knows of it. */
export interface Service {
  slug: string
  kind: ServiceKind
  title: string
  /** Known only where `ENVIRONMENT` is `development`. */
  developmentOnly: boolean
  params: readonly Param[]
  events: readonly EventName[]
  /** The flags that a request may set. */
  flags: ReadonlySet<FlagName>
  /** The flags that responses carry besides those of every service. */
  ownFlags: readonly FlagName[]
  /** Flags that every save sets to the value of a parameter, whatever was sent for them, with the parameter's name. */
  flagsFollowing: readonly (readonly [FlagName, string])[]
  /** The flags of a new row, as stored. */
  initialFlags: number
  /** Parses the parameters of a PUT or PATCH: unknown names are dropped, omitted ones stay out, blank optional ones are `null`. */
  request: z.ZodObject
  /** Alias → the parameter that it stands for. */
  aliases: Readonly<Record<string, string>>
  /** Parameters that are required unless another one has one of the given values. */
  requiredUnless: Readonly<Record<string, Values>>
  /** Returns whether a parameter must be there, given the merged values. */
  requires(param: Param, merged: Values): boolean
  /** Rules over several parameters: field → text, checked on the merged values. */
  check(merged: Values): Readonly<Record<string, string>>
  /** Makes its steps for events of each kind; no entry for kinds that it does not act on. Pure. */
  deliver: Readonly<Partial<Record<Kind, Deliver<Kind, Values>>>>
  /** Reason for which it never sends anything for an event; undefined if it does. */
  deliversNothing: string | undefined
  /** Makes the steps of a test, in place of those for an event. */
  probe: ((params: Values, context: DeliveryContext) => AnySteps) | undefined
  /** Makes the request to a CI server for the status of a commit; undefined for other services. Pure. */
  commitStatus: AskCommitStatus<Values> | undefined
  /** Turns a tool's reply to a slash command into what the chat shows; undefined for services without such commands. */
  reply: ((body: unknown) => CommandReply | undefined) | undefined
  /** Flags that switch the events of a kind, if not those that belong to the event. */
  subscriptions: Readonly<Partial<Record<Kind, Subscription>>>
  /** Warnings about values that are accepted: field → text. They depend on the request alone. */
  notes(sent: Values): Readonly<Record<string, string>>
}

/**
 * A service with what people read about it. The bundle has none of these texts, nor those of its parameters: the Worker
 * shows them from the catalogue among the assets, which is derived when the bundle is built.
 */
export interface DescribedService extends Service {
  description: string
  /** Reason for which it is obsolete; undefined if it is not. It can still be set. */
  deprecated: string | undefined
  /** Reason for which it works on GitLab's own instance only; undefined if it works elsewhere. It can still be set. */
  gitlabOnly: string | undefined
}

interface Declaration<P extends Declared> {
  slug: string
  kind: ServiceKind
  title: string
  description: string
  deprecated?: string
  gitlabOnly?: string
  developmentOnly?: boolean
  /** A function: a Worker that starts cold builds the schemas of the services that it needs, not of all. */
  params: () => P
  /** The events that a client can switch on and off. */
  events: readonly EventName[]
  /** Flags that start switched off, against the usual default. */
  defaultOff?: readonly FlagName[]
  /** Flag → parameter that is false by default. */
  flagsFollowing?: Readonly<Partial<Record<FlagName, string>>>
  /** Jira alone has the switch of comments. */
  commentSwitch?: boolean
  aliases?: Record<string, FlagName>
  requiredUnless?: Service['requiredUnless']
  check?: Service['check']
  deliver?: { readonly [K in Kind]?: Deliver<K, Given<P>> }
  deliversNothing?: string
  probe?: (params: Given<P>, context: DeliveryContext) => AnySteps
  commitStatus?: AskCommitStatus<Given<P>>
  reply?: Service['reply']
  subscriptions?: Service['subscriptions']
  notes?: Service['notes']
}

/** Turns the declaration of a service into its uniform form: what a client may send, what is secret, what is required. */
export function defineService<const P extends Declared>(declaration: Declaration<P>): DescribedService {
  const {
    slug,
    kind,
    title,
    description,
    deprecated,
    gitlabOnly,
    developmentOnly = false,
    events,
    defaultOff = [],
    aliases = {},
    requiredUnless = {},
  } = declaration
  const flags = new Set<FlagName>(events.map(flagOf))
  const flagsFollowing = Object.entries(declaration.flagsFollowing ?? {}) as [FlagName, string][]
  const params = once(() => Object.entries(declaration.params()).map(([name, schema]) => toParam(name, schema)))
  const request = once(() => toRequest(params(), [...flags, ...Object.keys(aliases)]))
  if (declaration.commentSwitch) flags.add('comment_on_event_enabled')

  return {
    slug,
    kind,
    title,
    description,
    deprecated,
    gitlabOnly,
    developmentOnly,
    get params() {
      return params()
    },
    events,
    flags,
    aliases,
    ownFlags: ownFlags(events),
    flagsFollowing,
    initialFlags: initialFlags([...defaultOff, ...flagsFollowing.map(([name]) => name)]),
    get request() {
      return request()
    },
    requiredUnless,
    requires: (param, merged) => param.required || isNeeded(requiredUnless[param.name], merged),
    check: declaration.check ?? (() => ({})),

    // The rest of the program passes the values of these very parameters, and an event of the kind of the entry.
    deliver: (declaration.deliver ?? {}) as Service['deliver'],
    deliversNothing: declaration.deliversNothing,
    probe: declaration.probe as Service['probe'],
    commitStatus: declaration.commitStatus as Service['commitStatus'],
    reply: declaration.reply,
    subscriptions: declaration.subscriptions ?? {},

    notes: (sent) => ({ ...declaration.notes?.(sent), ...(sent.enable_ssl_verification === false && UNVERIFIED) }),
  }
}

/** Returns whether settings with these flags get the event. */
export function subscribesTo(
  { subscriptions }: Service,
  { kind, events }: Occurrence,
  isOn: (flag: FlagName) => boolean,
): boolean {
  const names = subscriptions[kind] ?? events
  return names === 'always' || names.some((name) => isOn(flagOf(name)))
}

/** Makes the steps of a service for an event; undefined if it does not act on the kind. */
export function stepsOf(
  { deliver }: Service,
  occurrence: Occurrence,
  params: Values,
  context: DeliveryContext,
): AnySteps | undefined {
  return deliver[occurrence.kind]?.(occurrence, params, context)
}

/**
 * Replaces every secret by `***`: steps made of the result can be shown, however a service encodes its secrets.
 * A secret URL keeps its origin, so that the log says which host was called.
 */
export function redactParams({ params }: Service, values: Values): Values {
  const secrets = params.filter(({ secret, name }) => secret && values[name])
  const redacted = secrets.map(({ name, address }) => {
    const origin = address === 'url' ? URL.parse(String(values[name]))?.origin : undefined
    return [name, origin ? `${origin}/***` : '***'] as const
  })
  return { ...values, ...Object.fromEntries(redacted) }
}

/** `fetch` in a Worker verifies every certificate, and has no option for it. */
const UNVERIFIED = { enable_ssl_verification: 'is kept, but the certificate is verified all the same' }

/** Computes a value at its first use, and keeps it. */
function once<T>(compute: () => T): () => T {
  let kept: { value: T } | undefined
  return () => {
    kept ??= { value: compute() }
    return kept.value
  }
}

function toParam(name: string, declared: z.ZodType): Param {
  const { schema, fallback, optional } = unwrap(declared)
  const meta = schema.meta()
  return {
    name,
    schema,
    required: !optional,
    secret: meta?.writeOnly === true,
    endpoint: meta?.endpoint === true,
    address: meta?.address,
    fallback,
    aliasOf: meta?.aliasOf,
  }
}

function unwrap(schema: z.ZodType, fallback: Value = null, optional = false) {
  if (schema instanceof z.ZodDefault)
    return unwrap(schema.unwrap() as z.ZodType, schema.def.defaultValue as Value, true)
  if (schema instanceof z.ZodOptional) return unwrap(schema.unwrap() as z.ZodType, fallback, true)
  return { schema, fallback, optional }
}

const SWITCH = clearable(flag('A switch'))
/** Not clearable: a request with `dry_run` and no value must not write. */
const DRY_RUN = flag('Return what would happen, and write nothing').optional()

function toRequest(params: readonly Param[], flags: readonly string[]): z.ZodObject {
  return z.object({
    ...Object.fromEntries(flags.map((name) => [name, SWITCH])),
    active: SWITCH,
    use_inherited_settings: SWITCH,
    dry_run: DRY_RUN,
    ...Object.fromEntries(
      params.map((param) => [param.name, param.required ? required(param.schema) : clearable(param.schema)]),
    ),
  })
}

function isNeeded(unless: Readonly<Record<string, Value>> | undefined, merged: Values): boolean {
  return unless !== undefined && Object.entries(unless).every(([name, value]) => merged[name] !== value)
}
