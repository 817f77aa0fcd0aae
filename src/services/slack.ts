import { channels, defaultBranchOnly, link, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, labelFilter, pipelineNotifications, workItemEvents } from './groups.ts'

export const slack = defineService({
  slug: 'slack',
  title: 'Slack notifications',
  description: 'Announces project events in Slack.',
  params: {
    webhook: secret(link('Webhook of the workspace, e.g. https://hooks.slack.com/services/…')),
    username: text('Name that messages are posted under').optional(),
    channel: text('Channels for events without channels of their own, separated by commas').optional(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
    ...channels('confidential_issues', 'confidential_note', 'deployment', 'issues', 'merge_requests', 'note'),
    ...channels('pipeline', 'push', 'tag_push', 'wiki_page'),
    ...labelFilter,
    ...channels('incident', 'alert', 'vulnerability'),
  },
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability', 'alert', 'commit', 'job'],
})
