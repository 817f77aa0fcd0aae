import { sharedFlags } from '../schema/events.ts'
import { channels, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, labelFilter, pipelineNotifications, workItemEvents } from './groups.ts'

export const gitlabSlackApplication = defineService({
  slug: 'gitlab-slack-application',
  title: 'GitLab for Slack app',
  description: 'Announces project events in Slack, as the Slack app of a GitLab instance.',
  gitlabOnly: 'GitLab itself installs the app in Slack, and alone holds the keys to it.',
  params: {
    channel: text('Channels for events without channels of their own, separated by commas').optional(),
    ...pipelineNotifications,
    ...labelFilter,
    ...channels('push', 'issues', 'incident', 'alert', 'confidential_issues', 'merge_requests', 'note'),
    ...channels('confidential_note', 'tag_push', 'deployment', 'pipeline', 'wiki_page', 'vulnerability'),
  },
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability', 'alert'],
  defaultOff: sharedFlags.filter((flag) => flag !== 'comment_on_event_enabled'),
})
