import type { DeliveryContext } from '../schema/context.ts'
import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { json } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { renderWithin, toLine } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const unifyCircuit = defineService({
  slug: 'unify-circuit',
  kind: 'chat',
  title: 'Unify Circuit',
  description: 'Posts project events to a Unify Circuit conversation.',
  params: () => ({
    webhook: secret(link('Webhook URL of the conversation, e.g. https://circuit.com/rest/v2/webhooks/incoming/…')),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, ...workItemEvents],
  deliver: chat(post),
})

const MAX_TEXT = 8000

function post({ summary }: Message, { webhook }: { webhook: string }, { projectFullName }: DeliveryContext) {
  const text = renderWithin(summary, dialects.markdown, MAX_TEXT)
  return [json(webhook, { subject: dialects.markdown.neutral(toLine(projectFullName)), text, markdown: true })]
}
