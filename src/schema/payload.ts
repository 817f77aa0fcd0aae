import * as z from 'zod'
import type { EventName } from './events.ts'

/**
 * GitLab's webhook payloads, as far as services use them. Every field has a fallback: a sender that leaves something
 * out gets a poorer message, never an error. Whatever is forwarded whole is forwarded as `text`, not from here.
 */

/** Lone halves of characters are replaced: no address can be made of them. */
const text = z.union([z.string().transform((value) => value.toWellFormed()), z.number().transform(String)]).catch('')
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^-?\d{1,15}$/)
      .transform(Number),
  ])
  .catch(0)
const flag = z.boolean().catch(false)

function list<T extends z.ZodType>(item: T) {
  return z.array(item).catch([])
}

/** An object whose fields all have fallbacks; so has it. */
function record<const S extends z.ZodRawShape>(shape: S) {
  const schema = z.object(shape)
  return schema.catch(() => schema.parse({}))
}

const shared = () => {
  const user = record({ name: text, username: text, avatar_url: text, email: text })
  const labels = list(record({ title: text }))
  const project = record({
    id: number,
    name: text,
    namespace: text,
    path_with_namespace: text,
    web_url: text,
    git_http_url: text,
    default_branch: text,
    avatar_url: text,
  })
  const commit = record({
    id: text,
    message: text,
    title: text,
    url: text,
    author: record({ name: text, email: text }),
    added: list(text),
    modified: list(text),
    removed: list(text),
  })
  const target = record({ id: number, iid: number, title: text, labels, confidential: flag })
  return { user, labels, project, commit, target, every: { project, user, labels } }
}

type Shared = ReturnType<typeof shared>

const pushed = ({ every, commit }: Shared) =>
  z.object({
    ...every,
    ref: text,
    ref_protected: z.boolean().nullable().catch(null),
    before: text,
    after: text,
    message: text,
    user_name: text,
    user_username: text,
    user_email: text,
    user_avatar: text,
    commits: list(commit),
    total_commits_count: number,
    repository: record({ name: text }),
  })

const issue = ({ every, labels }: Shared) =>
  z.object({
    ...every,
    event_type: text,
    object_attributes: record({
      iid: number,
      title: text,
      description: text,
      url: text,
      state: text,
      action: text,
      type: text,
      confidential: flag,
      labels,
    }),
  })

const mergeRequest = ({ every, labels, commit, user }: Shared) => {
  const reviewer = record({ id: number, name: text, username: text, re_requested: flag })
  const none: z.output<typeof reviewer>[] = []
  const sides = z.object({ previous: list(reviewer), current: list(reviewer) })
  const pair = z.tuple([list(reviewer), list(reviewer)]).transform(([previous, current]) => ({ previous, current }))
  const edit = z.object({ previous: text, current: text }).nullable().catch(null)
  return z.object({
    ...every,
    assignees: list(user),
    changes: record({
      title: edit,
      description: edit,
      reviewers: z
        .union([sides, pair])
        .nullable()
        .catch(null)
        .transform((changed) => changed ?? { previous: none, current: none }),
    }),
    object_attributes: record({
      iid: number,
      title: text,
      description: text,
      url: text,
      state: text,
      action: text,
      source_branch: text,
      target_branch: text,
      merge_status: text,
      labels,
      last_commit: commit,
    }),
  })
}

const note = ({ every, commit, target }: Shared) =>
  z.object({
    ...every,
    event_type: text,
    object_attributes: record({
      id: number,
      note: text,
      noteable_type: text,
      url: text,
      action: text,
      confidential: flag,
      internal: flag,
    }),
    issue: target,
    merge_request: target,
    snippet: target,
    commit,
  })

const pipeline = ({ every, commit }: Shared) =>
  z.object({
    ...every,
    object_attributes: record({
      id: number,
      iid: number,
      name: text,
      ref: text,
      tag: flag,
      sha: text,
      source: text,
      status: text,
      detailed_status: text,
      duration: number,
      finished_at: text,
      protected_ref: z.boolean().nullable().catch(null),
      ref_status_name: text,
    }),
    merge_request: z.object({ iid: number, title: text, url: text }).nullable().catch(null),
    commit,
    builds: list(record({ id: number, name: text, stage: text, status: text, allow_failure: flag })),
  })

const build = ({ every }: Shared) =>
  z.object({ ...every, ref: text, sha: text, build_id: number, build_name: text, build_status: text })

const deployment = ({ every }: Shared) =>
  z.object({
    ...every,
    ref: text,
    status: text,
    environment: text,
    deployable_id: number,
    deployable_url: text,
    short_sha: text,
    user_url: text,
    commit_url: text,
    commit_title: text,
  })

const wikiPage = ({ every }: Shared) =>
  z.object({
    ...every,
    object_attributes: record({ title: text, url: text, message: text, action: text, diff_url: text }),
  })

const alert = ({ every }: Shared) =>
  z.object({
    ...every,
    object_attributes: record({
      title: text,
      url: text,
      severity: text,
      events: number,
      status: text,
      started_at: text,
    }),
  })

const vulnerability = ({ every }: Shared) =>
  z.object({
    ...every,
    object_attributes: record({
      title: text,
      url: text,
      state: text,
      severity: text,
      report_type: text,
      identifiers: list(record({ name: text, url: text })),
    }),
  })

const other = ({ every }: Shared) => z.object(every)

/** Kinds of event that a service may act on, with the shape of their payloads. */
const shapes = {
  push: pushed,
  tag_push: pushed,
  issue,
  incident: issue,
  work_item: issue,
  merge_request: mergeRequest,
  note,
  wiki_page: wikiPage,
  pipeline,
  build,
  deployment,
  alert,
  vulnerability,
  archive_trace: other,
  project: other,
  subgroup: other,
} as const

export type Kind = keyof typeof shapes
export type PayloadOf<K extends Kind> = z.output<ReturnType<(typeof shapes)[K]>>
export type Pushed = PayloadOf<'push'>

/** One thing that happened in a project. */
export type Occurrence<K extends Kind = Kind> = {
  [N in K]: {
    readonly kind: N
    readonly payload: PayloadOf<N>
    /** The events that subscribe to it: settings with the flag of any of them get it. */
    readonly events: readonly EventName[]
    /** The body as it was posted. */
    readonly text: string
  }
}[K]

let parts: Shared | undefined
const schemas = new Map<Kind, z.ZodType>()

/** Builds the schema of a kind at its first event: all of them at start-up would cost milliseconds. */
function schemaOf(kind: Kind): z.ZodType {
  parts ??= shared()
  const schema = schemas.get(kind) ?? shapes[kind](parts)
  schemas.set(kind, schema)
  return schema
}

/** `user_add_to_group` is of kind member, and so on: group events have no `object_kind`. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^user_.*_group$/, 'member'],
  [/^project_(create|destroy)$/, 'project'],
  [/^subgroup_(create|destroy)$/, 'subgroup'],
]

/** The kind of a payload, known to a service or not: its own word, else the header's; undefined if neither says. */
export function kindOf(body: Readonly<Record<string, unknown>>, header?: string | null): string | undefined {
  const { object_kind: kind, event_name: name } = body
  if (typeof kind === 'string' && kind !== '') return kind
  if (typeof name === 'string' && name !== '') return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? name
  const word = /^(?:confidential )?(.+) hook$/i
    .exec(header ?? '')?.[1]
    ?.toLowerCase()
    .replaceAll(' ', '_')
  return word === 'job' ? 'build' : word
}

/** Reads a payload; undefined if no service acts on its kind. */
export function toOccurrence(
  body: Readonly<Record<string, unknown>>,
  posted: string,
  header?: string | null,
): Occurrence | undefined {
  const kind = kindOf(body, header)
  if (!isKind(kind)) return undefined
  // The schema of `kind` made the payload; the compiler cannot follow that through the table.
  const payload = schemaOf(kind).parse(body)
  return { kind, payload, events: eventsOf(kind, isConfidential(body)), text: posted } as Occurrence
}

function isKind(word: string | undefined): word is Kind {
  return word !== undefined && Object.hasOwn(shapes, word)
}

/** Returns whether only members with access may learn of it: the confidential flags decide then, in place of the plain ones. */
export function isConfidential(body: Readonly<Record<string, unknown>>): boolean {
  const { event_type: type, object_attributes: own, issue: target } = body
  if (typeof type === 'string' && type.startsWith('confidential_')) return true
  return [own, target].some((part) => {
    const { confidential, internal } = (part ?? {}) as { confidential?: unknown; internal?: unknown }
    return confidential === true || internal === true
  })
}

/** Work items have flags of their own here, and count as issues, as in GitLab. */
function eventsOf(kind: Kind, confidential: boolean): readonly EventName[] {
  switch (kind) {
    case 'issue':
      return confidential ? ['confidential_issues'] : ['issues']
    case 'incident':
      return confidential ? ['confidential_issues'] : ['incident']
    case 'work_item':
      return confidential ? ['confidential_issues', 'confidential_work_item'] : ['issues', 'work_item']
    case 'note':
      return confidential ? ['confidential_note'] : ['note']
    case 'merge_request':
      return ['merge_requests']
    case 'build':
      return ['job', 'build']
    case 'archive_trace':
      return []
    default:
      return [kind]
  }
}

/** `X-Gitlab-Event` where it is not the kind with capital letters. */
const HEADERS: Readonly<Record<string, string>> = {
  build: 'Job Hook',
  work_item: 'Issue Hook',
  incident: 'Issue Hook',
  access_token: 'Resource Access Token Hook',
  deploy_token: 'Resource Deploy Token Hook',
}

/** The value of `X-Gitlab-Event` for a kind, known or not. */
export function headerOf(kind: string): string {
  const words = kind.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return HEADERS[kind] ?? `${words.join(' ')} Hook`
}

export type RefChange = 'created' | 'removed' | 'changed'

const ZEROS = /^0+$/

export function changeOf({ before, after }: Pushed): RefChange {
  if (ZEROS.test(after)) return 'removed'
  return ZEROS.test(before) ? 'created' : 'changed'
}

/** `refs/heads/main` → `main`. */
export function refName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

export function shortSha(sha: string): string {
  return sha.slice(0, 8)
}

/** The commit's title: the payload's, else the first line of its message. */
export function titleOf({ title, message }: { title: string; message: string }): string {
  return title || firstLine(message)
}

export function firstLine(lines: string): string {
  return lines.split(/\r\n|\r|\n/, 1)[0] ?? ''
}
