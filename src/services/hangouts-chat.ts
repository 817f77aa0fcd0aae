import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

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
