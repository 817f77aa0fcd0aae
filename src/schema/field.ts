import * as z from 'zod'
import { type Channelled, type ChannelName, channelOf } from './events.ts'
import { ExactNumber } from './number.ts'
import { trimSlashes } from './slashes.ts'

/**
 * The vocabulary in which services declare their parameters. A field is a zod schema that turns what GitLab's clients
 * send (docs/gitlab.md#coercion) into a typed value. An `invalid_type` issue means "is invalid"; every other issue is a
 * broken rule, and its message is the text that the caller reads after the field's name.
 */
declare module 'zod' {
  interface GlobalMeta {
    /** Never in a response, sealed at rest. JSON Schema's own word. */
    writeOnly?: boolean
    /** Secrets are sent to what this field names: when it moves, they are dropped; of a secret itself, the others. */
    endpoint?: boolean
    /** The parameter that this one is an alias of. An alias is not stored. */
    aliasOf?: string
    /** The value says where requests go; what it may not name is checked when it is saved. */
    address?: AddressKind
    /** The text may have several lines. */
    multiline?: boolean
    /** Values that a form offers. Others are accepted too. */
    suggestions?: readonly string[]
    /** Labels of choices and suggestions that read badly as they are. */
    labels?: Labels
  }
}

/** Labels for people, by value. */
type Labels = Readonly<Record<string, string>>

/**
 * A URL; the name or IP address of a host; a DNS name that hosts are under; DNS labels in front of one; IRC channels, of
 * which each may name its server; or a key file, which names where to sign in with it.
 */
export type AddressKind = 'url' | 'host' | 'domain' | 'labels' | 'channels' | 'key file'

const LINE_LENGTH = 4096
const LINK_LENGTH = 2048
const HOST_LENGTH = 1024
const LINES_LENGTH = 65_536
/** GitLab's limit; with it, no row outgrows D1's 2 MB. */
const MAX_ENTRIES = 100
const ENTRY_LENGTH = 255
const CONTROL = 'must not contain control characters'
/** Control characters, in a notation that every dialect of regular expressions has: it is part of the JSON Schema. */
const CONTROLS = '[\\x00-\\x1f\\x7f-\\x9f]'
const CONTROLS_BUT_LINES = '[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]'
const ONE_LINE = { not: { type: 'string', pattern: CONTROLS } }
const LINES = { not: { type: 'string', pattern: CONTROLS_BUT_LINES }, multiline: true }

const TRUE: readonly unknown[] = [
  true,
  1,
  '1',
  't',
  'T',
  'true',
  'True',
  'TRUE',
  'y',
  'Y',
  'yes',
  'Yes',
  'YES',
  'on',
  'On',
  'ON',
]
const FALSE: readonly unknown[] = [
  false,
  0,
  '0',
  'f',
  'F',
  'false',
  'False',
  'FALSE',
  'n',
  'N',
  'no',
  'No',
  'NO',
  'off',
  'Off',
  'OFF',
]

/** One line of text. Numbers and booleans become text. */
export function text(description: string, max = LINE_LENGTH) {
  return z.preprocess(scalarToText, string(max).refine(isOneLine, CONTROL)).meta({ ...about(description), ...ONE_LINE })
}

/** Text with lines: recipients, key files. */
export function lines(description: string) {
  return z
    .preprocess(scalarToText, string(LINES_LENGTH).refine(isLines, CONTROL))
    .meta({ ...about(description), ...LINES })
}

/** A key file, in JSON; it names the address that it is used at. */
export function keyFile(description: string) {
  const field = lines(description)
  return mark(field, { ...field.meta(), address: 'key file' })
}

/** An absolute URL. White space around it is dropped; otherwise it is kept as sent. */
export function link(description: string, schemes: readonly string[] = ['http', 'https']) {
  return z
    .preprocess(
      (value) => trim(scalarToText(value)),
      string(LINK_LENGTH).refine(isOneLine, CONTROL).superRefine(urlRule(schemes)),
    )
    .meta({
      ...about(description, `${schemes.at(-1)}://example.com`),
      ...ONE_LINE,
      format: 'uri',
      pattern: `^(${schemes.join('|')})://[^/?#@\\s]`,
      address: 'url',
    })
}

/** The name or IP address of a host, without a port. White space around it is dropped. */
export function host(description: string) {
  return z
    .preprocess((value) => trim(scalarToText(value)), string(HOST_LENGTH).refine(isOneLine, CONTROL))
    .meta({ ...about(description, 'host.example.com'), ...ONE_LINE, address: 'host' })
}

/** One or more DNS labels, which become part of a host name. White space around them is dropped. */
export function labels(description: string) {
  return mark(host(description), { ...about(description, 'example'), ...ONE_LINE, address: 'labels' })
}

/** A DNS name that hosts are under, and that may be one itself. White space around it is dropped. */
export function domain(description: string) {
  return mark(host(description), { ...about(description, 'example.com'), ...ONE_LINE, address: 'domain' })
}

/** IRC channels, separated by white space: each one by its URL, or a bare name. */
export function ircChannels(description: string) {
  return mark(lines(description), { examples: ['irc://irc.example.net/#example'], address: 'channels' })
}

export function flag(description: string) {
  return z.preprocess(wordToBoolean, z.boolean()).meta({ description })
}

/** A whole number; fractions of JSON numbers are cut off, as GitLab does. */
export function integer(description: string) {
  return z.preprocess(toInteger, z.int()).meta({ description })
}

export function choice<const T extends readonly string[]>(options: T, description: string, names: Labels = {}) {
  return z
    .preprocess(scalarToText, z.string().pipe(z.enum(options, 'is not included in the list')))
    .meta({ description, labels: names })
}

export function integerChoice<const T extends readonly number[]>(options: T, description: string, names: Labels = {}) {
  return z
    .preprocess(toInteger, z.int().pipe(z.literal(options, 'is not included in the list')))
    .meta({ description, labels: names })
}

/** Text for which a form offers values. Others are accepted too. */
export function suggested(options: readonly string[], description: string, names: Labels = {}) {
  return mark(text(description), { examples: [...options], suggestions: options, labels: names })
}

/** Texts. Blank entries are dropped: a form sends one for an empty list. */
export function list(description: string) {
  const entry = text('An entry', ENTRY_LENGTH)
  const isEntry = (value: unknown) => typeof value !== 'string' || value.trim() !== ''
  return z
    .preprocess(
      (value) => (Array.isArray(value) ? value.filter(isEntry) : value),
      z.array(entry).max(MAX_ENTRIES, `is too long (maximum is ${MAX_ENTRIES} entries)`),
    )
    .meta({ description })
}

/** A value that is sealed and in no response. A mask would overwrite the real value, so it is refused. */
export function secret<T extends z.ZodType>(field: T) {
  return mark(
    rule(field, (value) => !isMask(value), 'is a mask, not a value: send the real one, or leave it out'),
    { ...field.meta(), writeOnly: true, format: 'password' },
  )
}

/** Adds a rule that is checked if all the rules before it hold. */
export function rule<T extends z.ZodType>(field: T, holds: (value: z.output<T>) => boolean, message: string): T {
  return mark(field.refine(holds, { error: message, when: ({ issues }) => issues.length === 0 }), { ...field.meta() })
}

/** Marks the field that says where the service's secrets are sent (docs/rules.md#moved-endpoints). */
export function asEndpoint<T extends z.ZodType>(field: T) {
  return mark(field, { ...field.meta(), endpoint: true })
}

/** Drops the slashes at the end, for an address that paths are appended to. */
export function withoutTrailingSlash<T extends z.ZodType>(field: T) {
  return z.preprocess(stripSlashes, field).meta({ ...field.meta() })
}

function stripSlashes(value: unknown): unknown {
  return typeof value === 'string' ? trimSlashes(value.trim()) : value
}

export function endpoint(description: string) {
  return asEndpoint(link(description))
}

const BRANCHES = ['all', 'default', 'protected', 'default_and_protected'] as const

export function branches() {
  return choice(BRANCHES, 'Branches whose events trigger notifications', {
    all: 'All branches',
    default: 'Default branch',
    protected: 'Protected branches',
    default_and_protected: 'Default branch and protected branches',
  }).meta({ title: 'Branches' })
}

/** GitLab's old switch, read from and saved as `branches_to_be_notified` (docs/rules.md#document). */
export function defaultBranchOnly() {
  return mark(flag('Send notifications for the default branch only. Replaced by branches_to_be_notified'), {
    title: 'Default branch only',
    deprecated: true,
    aliasOf: 'branches_to_be_notified',
  }).optional()
}

/** One optional parameter for each event: the channel, or channels, that it is announced in. */
export function channels<const N extends readonly Channelled[]>(...names: N) {
  return Object.fromEntries(
    names.map((name) => [
      channelOf(name),
      text(`Comma-separated list of channels for ${name.replaceAll('_', ' ')} events`).optional(),
    ]),
  ) as { [C in ChannelName<N[number]>]: z.ZodOptional<ReturnType<typeof text>> }
}

/** A field of a request that may be left out, or be blank: then it is `null`. */
export function clearable<T extends z.ZodType>(field: T) {
  const isTrimmed = ['url', 'host', 'domain', 'labels'].includes(field.meta()?.address ?? '')
  const isCleared = (value: unknown) => (isTrimmed ? isBlank(value) : value === '' || value === null)
  return z.preprocess((value) => (isCleared(value) ? null : value), field.nullable()).optional()
}

/** A field of a request that must not be blank wherever it is sent. */
export function required<T extends z.ZodType>(field: T) {
  return z
    .unknown()
    .refine((value) => !isBlank(value), "can't be blank")
    .pipe(field)
    .optional()
}

function isBlank(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '')
}

/** A description, and an example: the one that stands in it, if any does. */
function about(description: string, fallback?: string): { description: string; examples?: string[] } {
  const example = /\be\.g\. (\S*[^\s.,;])/.exec(description)?.[1]?.replace('…', 'example') ?? fallback
  return { description, ...(example !== undefined && { examples: [example] }) }
}

function mark<T extends z.ZodType>(field: T, meta: z.GlobalMeta): T {
  return field.meta(meta)
}

function string(max: number) {
  return z
    .string()
    .max(max, `is too long (maximum is ${max} characters)`)
    .refine((value) => value.isWellFormed(), 'is not valid Unicode')
}

function scalarToText(value: unknown): unknown {
  if (value instanceof ExactNumber) return value.digits
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

function trim(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value
}

function toNumber(value: unknown): unknown {
  return value instanceof ExactNumber ? Number(value.digits) : value
}

function wordToBoolean(word: unknown): unknown {
  const value = toNumber(word)
  if (TRUE.includes(value)) return true
  return FALSE.includes(value) ? false : undefined
}

function toInteger(sent: unknown): unknown {
  const value = toNumber(sent)
  if (typeof value === 'string') return /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : undefined
  const whole = typeof value === 'number' ? Math.trunc(value) : undefined
  return Number.isSafeInteger(whole) ? whole : undefined
}

const IS_CONTROL = new RegExp(CONTROLS)
const IS_CONTROL_BUT_LINES = new RegExp(CONTROLS_BUT_LINES)

function isOneLine(value: string): boolean {
  return !IS_CONTROL.test(value)
}

function isLines(value: string): boolean {
  return !IS_CONTROL_BUT_LINES.test(value)
}

/** Matches a mask that has no other characters: `********`, `••••`, `...`, `xxxx`. */
const ONLY_MASK = /^[*∗⁎✱•●·∙◦‣.x\s]+$/i
/** A few words in brackets of any kind, asterisks or underscores: `(sensitive value)`, `***REDACTED***`. */
const ENCLOSED = /^[\p{Ps}\p{Pi}<*_]([\p{L}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\d\s*_.:'<>-]{1,100})[\p{Pe}\p{Pf}>*_]$/u
const MASK_WORD =
  /(?<![a-z])(masked|redacted|hidden|sensitive|encrypted|filtered|concealed|secure|secured|omitted|secret|private|protected)(?![a-z])/i
const MASKED_URL = /^[a-z][a-z\d+.-]*:\/\/\S*[*•●]{4}/i

/** Returns whether a value is what tools show in place of a secret. */
export function isMask(value: unknown): boolean {
  if (typeof value !== 'string') return false
  // Compatibility forms, as the wide brackets of East Asian text, become plain ones.
  const plain = value.normalize('NFKC').trim()
  const [, enclosed] = ENCLOSED.exec(plain) ?? []
  return ONLY_MASK.test(plain) || (enclosed !== undefined && MASK_WORD.test(enclosed)) || MASKED_URL.test(plain)
}

function urlRule(schemes: readonly string[]) {
  return (value: string, context: z.RefinementCtx) => {
    const url = URL.parse(value)
    if (!url?.host) context.addIssue('must be a valid URL')
    else if (!schemes.includes(url.protocol.slice(0, -1))) {
      context.addIssue(`is blocked: Only allowed schemes are ${schemes.join(', ')}`)
    }
  }
}
