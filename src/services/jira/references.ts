import type { DeliveryContext } from '../../schema/context.ts'
import { changeOf, type Occurrence, type PayloadOf, type Pushed, refName, titleOf } from '../../schema/payload.ts'
import type { Step, Steps } from '../../schema/step.ts'
import { below, toSafeUrl } from '../chat/rich.ts'
import { toOneLine } from '../groups.ts'
import { type IssueApi, issueApi, type JiraSettings } from './api.ts'
import { type KeySettings, keyFinder } from './keys.ts'

interface Settings extends JiraSettings, KeySettings {
  jira_issue_transition_id: string | null
  jira_issue_transition_automatic: boolean | null
}

/** Text that refers to issues: a commit, or a merge request. */
interface Reference {
  noun: 'commit' | 'merge request'
  url: string
  title: string
  author: { name: string; username: string }
  branch: string
  /** The commit that closes issues. */
  sha: string
  mentioned: readonly string[]
  closed: readonly string[]
}

const MAX_COMMITS = 100
const MAX_TITLE = 255
const UNSUPPORTED = 'jira_issue_regex or jira_issue_prefix is not a regular expression that RE2 accepts'

export function* referCommits({ payload }: Occurrence<'push'>, settings: Settings, context: DeliveryContext): Steps {
  const keys = keyFinder(settings)
  if (!keys) return UNSUPPORTED
  if (changeOf(payload) === 'removed') return 'the branch was removed'
  const branch = refName(payload.ref)
  const closes = branch === payload.project.default_branch
  const mentions = context.isOn('commit_events')
  const references = payload.commits.slice(0, MAX_COMMITS).map(
    (commit): Reference => ({
      ...describeCommit(payload, commit, branch),
      mentioned: mentions ? keys.mentioned(commit.message) : [],
      closed: closes ? keys.closed(commit.message) : [],
    }),
  )
  return yield* referAll(references, settings, context)
}

export function* referMergeRequest(
  { payload }: Occurrence<'merge_request'>,
  settings: Settings,
  context: DeliveryContext,
): Steps {
  const keys = keyFinder(settings)
  if (!keys) return UNSUPPORTED
  const { action, title, description, target_branch } = payload.object_attributes
  const { now, before } = changedText(payload)
  const known = keys.mentioned(before)
  const closes = action === 'merge' && target_branch === payload.project.default_branch
  const mentions = context.isOn('merge_requests_events')
  const reference: Reference = {
    ...describeMergeRequest(payload),
    mentioned: mentions ? keys.mentioned(now).filter((key) => !known.includes(key)) : [],
    closed: closes ? keys.closed(`${title}\n${description}`) : [],
  }
  return yield* referAll([reference], settings, context)
}

type Described = Omit<Reference, 'mentioned' | 'closed'>

function describeCommit(payload: Pushed, commit: Pushed['commits'][number], branch: string): Described {
  const { user_name: name, user_username: username } = payload
  return { noun: 'commit', url: commit.url, title: titleOf(commit), author: { name, username }, branch, sha: commit.id }
}

function describeMergeRequest({ object_attributes, project, user }: PayloadOf<'merge_request'>): Described {
  const { iid, title, source_branch: branch, last_commit } = object_attributes
  const url = below(project.web_url, '-', 'merge_requests', String(iid))
  return { noun: 'merge request', url, title, author: user, branch, sha: last_commit.id }
}

/** The texts of a new merge request, or those that an update changed. */
function changedText({ object_attributes, changes }: PayloadOf<'merge_request'>): { now: string; before: string } {
  const { action, title, description } = object_attributes
  if (action === 'open') return { now: `${title}\n${description}`, before: '' }
  const edits = action === 'update' ? [changes.title, changes.description] : []
  const join = (side: 'previous' | 'current') => edits.map((edit) => edit?.[side] ?? '').join('\n')
  return { now: join('current'), before: join('previous') }
}

/** A closed issue gets no mention besides. */
function* referAll(references: readonly Reference[], settings: Settings, context: DeliveryContext): Steps {
  const icon = context.instance ? `${context.instance}/favicon.ico` : undefined
  let isAny = false
  for (const reference of references) {
    const { closed } = reference
    for (const key of closed) yield* close(issueApi(settings, key, icon), reference, settings, context)
    const mentioned = reference.mentioned.filter((key) => !closed.includes(key))
    for (const key of mentioned) yield* mention(issueApi(settings, key, icon), reference, context)
    isAny ||= closed.length + mentioned.length > 0
  }
  return isAny ? undefined : 'the event mentions no issue that the settings let it refer to'
}

type Referring = Generator<Step, void>

function* mention(issue: IssueApi, reference: Reference, context: DeliveryContext): Referring {
  const text = mentionText(reference, context)
  const found = yield* issue.find(text)
  if (!found || found.hasComment) return
  const noun = `${reference.noun.charAt(0).toUpperCase()}${reference.noun.slice(1)}`
  const title = `${noun} - ${oneLine(reference.title)}`
  yield* annotate(issue, text, { url: reference.url, title, isResolved: false }, context)
}

function* close(issue: IssueApi, reference: Reference, settings: Settings, context: DeliveryContext): Referring {
  const before = yield* issue.find()
  if (!before || before.isResolved) return
  const transitions = yield* transitionsOf(issue, settings)
  if (transitions.length === 0) return
  for (const id of transitions) if (!(yield* issue.transition(id))) return
  const after = yield* issue.find()
  if (!after?.isResolved) return
  const { sha } = reference
  const url = below(context.projectUrl, '-', 'commit', sha)
  const solution = { url, title: `Solved by commit ${sha}.`, isResolved: true }
  yield* annotate(issue, `Issue solved with [${sha}|${url}].`, solution, context)
}

function* transitionsOf(issue: IssueApi, settings: Settings): Generator<Step, readonly string[]> {
  if (!settings.jira_issue_transition_automatic) return settings.jira_issue_transition_id?.match(/\d+/g) ?? []
  const id = yield* issue.findClosingTransition()
  return id === null ? [] : [id]
}

/** Comments once for each address: with a link to it there is a comment already. */
function* annotate(
  issue: IssueApi,
  text: string,
  remoteLink: Parameters<IssueApi['saveLink']>[1],
  context: DeliveryContext,
): Referring {
  const saved = yield* issue.findLink(remoteLink.url)
  if (saved === null && context.isOn('comment_on_event_enabled')) yield* issue.comment(text)
  yield* issue.saveLink(saved, remoteLink)
}

function mentionText({ noun, url, title, author, branch }: Reference, context: DeliveryContext): string {
  const { instance, projectFullName, projectUrl } = context
  const user =
    instance && author.username ? link(author.name, below(instance, author.username)) : escapeMarkup(author.name)
  const project = link(projectFullName, projectUrl)
  const place = link(branch, below(projectUrl, '-', 'tree', branch))
  return `${user} mentioned this issue in ${link(`a ${noun}`, url)} of ${project} on branch ${place}:{quote}${escapeMarkup(title)}{quote}`
}

function link(label: string, url: string): string {
  const safe = toSafeUrl(url)
  return safe ? `[${escapeMarkup(label)}|${safe}]` : escapeMarkup(label)
}

/** Text of users in Jira's wiki markup: no macro, link, image or mention comes of it. */
function escapeMarkup(text: string): string {
  return oneLine(text).replace(/[\\{}[\]|~!]/g, '\\$&')
}

function oneLine(text: string): string {
  return toOneLine(text.slice(0, MAX_TITLE)).toWellFormed()
}
