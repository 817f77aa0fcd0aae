import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { json } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { renderWithin } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const pumble = defineService({
  slug: 'pumble',
  kind: 'chat',
  title: 'Pumble',
  description: 'Posts project events to a Pumble channel.',
  params: () => ({
    webhook: secret(link('Webhook URL of the channel, e.g. https://api.pumble.com/workspaces/…')),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, ...workItemEvents],
  deliver: chat(post),
})

const MAX_TEXT = 10_000

function post({ summary }: Message, { webhook }: { webhook: string }) {
  return [json(webhook, { text: renderWithin(summary, dialects.pumble, MAX_TEXT) })]
}
