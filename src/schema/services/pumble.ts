import { link, secret } from '../field.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from '../groups.ts'
import { defineService } from '../service.ts'

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
