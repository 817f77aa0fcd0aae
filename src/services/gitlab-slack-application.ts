import { sharedFlags } from '../schema/events.ts'
import { channels } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, defaultChannels, labelFilter, pipelineNotifications, workItemEvents } from './groups.ts'

export const gitlabSlackApplication = defineService({
  slug: 'gitlab-slack-application',
  kind: 'chat',
  title: 'GitLab for Slack app',
  description: 'Posts project events to Slack as the Slack app of a GitLab instance.',
  gitlabOnly: 'GitLab installs the app in Slack and holds its credentials.',
  params: () => ({
    channel: defaultChannels(),
    ...pipelineNotifications,
    ...labelFilter,
    ...channels('push', 'issues', 'incident', 'alert', 'confidential_issues', 'merge_requests', 'note'),
    ...channels('confidential_note', 'tag_push', 'deployment', 'pipeline', 'wiki_page', 'vulnerability'),
  }),
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability', 'alert'],
  deliversNothing: 'The bot token belongs to an installation that only GitLab has; use slack with a webhook instead.',
  defaultOff: sharedFlags.filter((flag) => flag !== 'comment_on_event_enabled'),
})
