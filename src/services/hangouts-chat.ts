import type { DeliveryContext } from '../schema/context.ts'
import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { json, type StepResponse, withQuery } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { bytes, join, link as linkTo, type Rich, renderWithin, toLine } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const hangoutsChat = defineService({
  slug: 'hangouts-chat',
  kind: 'chat',
  title: 'Hangouts Chat',
  description: 'Posts project events to a Google Chat space.',
  params: () => ({
    webhook: secret(link('Webhook URL of the space, e.g. https://chat.googleapis.com/v1/spaces/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, ...workItemEvents],
  deliver: chat(post),
})

const MAX_BYTES = 32_000

/** Google takes a repeated request with the same id for the first one. */
function post(message: Message, { webhook }: { webhook: string }, { idempotencyKey }: DeliveryContext) {
  const query = {
    messageReplyOption: 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
    requestId: idempotencyKey,
  }
  const text = renderWithin(textOf(message), dialects.googleChat, MAX_BYTES, bytes)
  const thread = { threadKey: toLine(message.thread) }
  return [json(withQuery(webhook, query), { text, thread }, { repeatable: true, judge: isDone })]
}

/** The sentence, and below it the title and the text of the attachment. */
function textOf({ pretext, attachment }: Message): Rich {
  const title = attachment?.title
  const parts = [pretext, title ? linkTo(title.text, title.url) : [], attachment?.text ?? []]
  return join(
    parts.filter((part, at) => at === 0 || part.length > 0),
    '\n',
  )
}

function isDone({ status }: StepResponse) {
  return status === 200 ? ({ verdict: 'confirmed' } as const) : undefined
}
