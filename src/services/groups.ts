import type { EventName } from '../schema/events.ts'
import { branches, choice, flag, link, text } from '../schema/field.ts'

/** The addresses of an external issue tracker. */
export const issueTracker = {
  new_issue_url: link('Address of the form for a new issue'),
  issues_url: link('Address of one issue; `:id` stands for its number'),
  project_url: link('Address of the project in the tracker'),
}

/** Which pipelines, on which branches, a chat service speaks of. */
export const pipelineNotifications = {
  notify_only_broken_pipelines: flag('Announce failed pipelines only').default(true),
  branches_to_be_notified: branches().default('default'),
  notify_only_when_pipeline_status_changes: flag(
    'Announce a pipeline only when its status differs from the last one',
  ).default(false),
}

export const labelFilter = {
  labels_to_be_notified: text('Labels, separated by commas; without any, every label counts').optional(),
  labels_to_be_notified_behavior: choice(
    ['match_any', 'match_all'],
    'Whether one of the labels is enough, or all are needed',
  ).default('match_any'),
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
