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

/** Older servers keep 8,000 characters of all that is attached to a post. */
const MAX_TEXT = 2000

export const mattermost = defineService({
  slug: 'mattermost',
  kind: 'chat',
  title: 'Mattermost notifications',
  description: 'Posts project events to Mattermost.',
  params: () => ({
    webhook: secret(link('Incoming webhook URL, e.g. https://mattermost.example.com/hooks/…')),
    username: senderName(),
    channel: defaultChannels(),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
    ...channels('push', 'issues', 'confidential_issues', 'merge_requests', 'note', 'confidential_note', 'tag_push'),
    ...channels('pipeline', 'wiki_page'),
    ...labelFilter,
    ...channels('incident', 'alert', 'deployment', 'vulnerability'),
  }),
  events: [...chatEvents, 'deployment', 'incident', ...workItemEvents, 'vulnerability'],
  deliver: chat(slackLike(dialects.mattermost, MAX_TEXT), 'incident', 'deployment', 'vulnerability'),
})
