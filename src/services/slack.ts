import { channels, defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import { slackLike } from './chat/slack.ts'
import {
  chatEvents,
  defaultChannels,
  labelFilter,
  pipelineNotifications,
  senderName,
  workItemEvents,
} from './groups.ts'

/** Slack shows 40,000 characters of a message, attachment included. */
const MAX_TEXT = 8000

export const slack = defineService({
  slug: 'slack',
  kind: 'chat',
  title: 'Slack notifications',
  description: 'Posts project events to Slack.',
  params: () => ({
    webhook: secret(link('Incoming webhook URL, e.g. https://hooks.slack.com/services/…')),
    username: senderName(),
    channel: defaultChannels(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
    ...channels('confidential_issues', 'confidential_note', 'deployment', 'issues', 'merge_requests', 'note'),
    ...channels('pipeline', 'push', 'tag_push', 'wiki_page'),
    ...labelFilter,
    ...channels('incident', 'alert', 'vulnerability'),
  }),
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability', 'alert', 'commit', 'job'],
  deliver: chat(slackLike(dialects.slack, MAX_TEXT), 'incident', 'deployment', 'alert', 'vulnerability'),
})
