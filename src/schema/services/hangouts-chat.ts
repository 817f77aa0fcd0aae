import { defaultBranchOnly, link, secret } from '../field.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from '../groups.ts'
import { defineService } from '../service.ts'

export const hangoutsChat = defineService({
  slug: 'hangouts-chat',
  title: 'Hangouts Chat',
  description: 'Announces project events in a Google Chat space.',
  params: {
    webhook: secret(link('Webhook of the space, e.g. https://chat.googleapis.com/v1/spaces/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
