import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const pumble = defineService({
  slug: 'pumble',
  kind: 'chat',
  title: 'Pumble',
  description: 'Posts project events to a Pumble channel.',
  params: {
    webhook: secret(link('Webhook URL of the channel, e.g. https://api.pumble.com/workspaces/…')),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
