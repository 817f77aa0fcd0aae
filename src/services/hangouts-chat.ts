import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const hangoutsChat = defineService({
  slug: 'hangouts-chat',
  kind: 'chat',
  title: 'Hangouts Chat',
  description: 'Posts project events to a Google Chat space.',
  params: {
    webhook: secret(link('Webhook URL of the space, e.g. https://chat.googleapis.com/v1/spaces/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
