import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const webexTeams = defineService({
  slug: 'webex-teams',
  kind: 'chat',
  title: 'Webex Teams',
  description: 'Posts project events to a Webex space.',
  params: {
    webhook: secret(link('Webhook URL of the space, e.g. https://api.ciscospark.com/v1/webhooks/incoming/…')),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
