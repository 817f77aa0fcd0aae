import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const pumble = defineService({
  slug: 'pumble',
  title: 'Pumble',
  description: 'Announces project events in a Pumble channel.',
  params: {
    webhook: secret(link('Webhook of the channel, e.g. https://api.pumble.com/workspaces/…')),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
