import { channels, defaultBranchOnly, link, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, labelFilter, pipelineNotifications, workItemEvents } from './groups.ts'

export const mattermost = defineService({
  slug: 'mattermost',
  title: 'Mattermost notifications',
  description: 'Announces project events in Mattermost.',
  params: {
    webhook: secret(link('Webhook of the Mattermost server, e.g. https://mattermost.example.com/hooks/…')),
    username: text('Name that messages are posted under').optional(),
    channel: text('Channels for events without channels of their own, separated by commas').optional(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
    ...channels('push', 'issues', 'confidential_issues', 'merge_requests', 'note', 'confidential_note', 'tag_push'),
    ...channels('pipeline', 'wiki_page'),
    ...labelFilter,
    ...channels('incident', 'alert', 'deployment', 'vulnerability'),
  },
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability'],
})
