import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { json } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { bytes, renderWithin } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const webexTeams = defineService({
  slug: 'webex-teams',
  kind: 'chat',
  title: 'Webex Teams',
  description: 'Posts project events to a Webex space.',
  params: () => ({
    webhook: secret(link('Webhook URL of the space, e.g. https://api.ciscospark.com/v1/webhooks/incoming/…')),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, ...workItemEvents],
  deliver: chat(post),
})

const MAX_BYTES = 7439

function post({ summary }: Message, { webhook }: { webhook: string }) {
  return [json(webhook, { markdown: renderWithin(summary, dialects.markdown, MAX_BYTES, bytes) })]
}
