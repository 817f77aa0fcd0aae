import type { EventName } from '../schema/events.ts'
import { branches, choice, flag, link, text } from '../schema/field.ts'
import type { HttpStep } from '../schema/step.ts'

/** The addresses of an external issue tracker. */
export const issueTracker = {
  new_issue_url: link('URL of the form that creates an issue'),
  issues_url: link('URL of an issue, with :id in place of its number').meta({ title: 'Issue URL' }),
  project_url: link('URL of the project in the issue tracker'),
}

export const trackerDescription = () => text('Description of the issue tracker').optional()

export const LINKS_ONLY =
  'An event sends nothing: the service only links references to issues. A test requests the URL of the project.'

/** Tests a service that is only linked to. Any response shows that the URL can be reached. */
export function* reach(url: string): Generator<HttpStep, void> {
  yield { method: 'HEAD', url, tolerates: () => true }
}

/** Kept for GitLab's clients: the certificate is always verified, which every service with the parameter says. */
export const sslVerification = () =>
  flag('Verify the TLS certificate of the server').meta({ title: 'SSL verification' })

/** Filters of pipeline notifications. */
export const pipelineNotifications = {
  notify_only_broken_pipelines: flag('Send notifications for failed pipelines only')
    .meta({ title: 'Failed pipelines only' })
    .default(true),
  branches_to_be_notified: branches().default('default'),
  notify_only_when_pipeline_status_changes: flag(
    'Send a notification only if the status of the pipeline differs from the previous one',
  )
    .meta({ title: 'Status changes only' })
    .default(false),
}

export const senderName = () => text('Display name of the sender').optional()

export const defaultChannels = () =>
  text('Comma-separated list of channels for events without their own channel')
    .meta({ title: 'Default channels' })
    .optional()

export const branchList = () =>
  text('Comma-separated list of branches. Commits on other branches are ignored. Default: all branches')
    .meta({ title: 'Branches' })
    .optional()

export const labelFilter = {
  labels_to_be_notified: text('Comma-separated list of labels. Default: events with any labels or none')
    .meta({ title: 'Labels' })
    .optional(),
  labels_to_be_notified_behavior: choice(
    ['match_any', 'match_all'],
    'Whether an event must have one of the labels, or all of them',
    {
      match_any: 'Any of the labels',
      match_all: 'All of the labels',
    },
  )
    .meta({ title: 'Label match' })
    .default('match_any'),
}

/** The events of every chat service. */
export const chatEvents = [
  'push',
  'issues',
  'confidential_issues',
  'merge_requests',
  'note',
  'confidential_note',
  'tag_push',
  'pipeline',
  'wiki_page',
] as const satisfies readonly EventName[]

export const workItemEvents = ['work_item', 'confidential_work_item'] as const satisfies readonly EventName[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Escapes text for HTML and XML, attributes too. */
export function escapeHtml(raw: string): string {
  return raw.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** Returns whether a comma-separated list of branches has the branch. An empty list has them all. */
export function includesBranch(list: string | null, branch: string): boolean {
  return !list?.trim() || list.split(',').some((name) => name.trim() === branch)
}

/** Text of users on one line, without control characters: in a header or an IRC message a line break starts another one. */
export function toOneLine(raw: string): string {
  return raw.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
