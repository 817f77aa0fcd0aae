import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const unifyCircuit = defineService({
  slug: 'unify-circuit',
  kind: 'chat',
  title: 'Unify Circuit',
  description: 'Posts project events to a Unify Circuit conversation.',
  params: {
    webhook: secret(link('Webhook URL of the conversation, e.g. https://circuit.com/rest/v2/webhooks/incoming/…')),
    ...pipelineNotifications,
  },
  events: [...chatEvents, ...workItemEvents],
})
