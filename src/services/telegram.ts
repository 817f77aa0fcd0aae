import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { ask, type Judgement, joinUrl, json, jsonAt, type StepResponse } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { type Rich, renderWithin } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const telegram = defineService({
  slug: 'telegram',
  kind: 'chat',
  title: 'Telegram',
  description: 'Posts project events to a Telegram chat.',
  params: () => ({
    hostname: endpoint('URL of the Telegram API. Default: https://api.telegram.org').optional(),
    token: asEndpoint(secret(text('Token of the bot that posts the messages'))),
    room: text('ID of the chat, or @ and its username'),
    thread: text('ID of the topic in a chat with topics').optional(),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
  deliver: chat(post, 'incident', 'vulnerability'),
})

const MAX_TEXT = 4096

interface Room {
  hostname: string | null
  token: string
  room: string
  thread: string | null
}

/**
 * Telegram refuses text whose markup is not paired, such as one underscore in a title: then it is sent without markup.
 * A group that became a supergroup has a new number, which the refusal names.
 */
function* post({ summary }: Message, { hostname, token, room, thread }: Room) {
  const url = joinUrl(hostname ?? 'https://api.telegram.org', `bot${token}/sendMessage`)
  const message = bodyOf(summary, room, thread)
  const markup = { parse_mode: 'markdown' }
  const isCurable = (response: StepResponse) => cureOf(response) !== null
  const cure = yield* ask(json(url, { ...message, ...markup }, { judge, tolerates: isCurable }), cureOf)
  if (cure === 'no markup') yield json(url, message, { judge })
  else if (cure !== null) yield json(url, { ...message, ...markup, chat_id: cure.moved }, { judge })
}

export function bodyOf(summary: Rich, room: string, thread: string | null) {
  const topic = thread && /^\d+$/.test(thread) ? { message_thread_id: Number(thread) } : {}
  return { text: renderWithin(summary, dialects.mentioning, MAX_TEXT), chat_id: room, ...topic }
}

/** Returns a change that makes a refused message pass; null if nothing would. */
function cureOf(response: StepResponse) {
  if (response.status !== 400) return null
  const moved = jsonAt(response, 'parameters', 'migrate_to_chat_id')
  if (typeof moved === 'number') return { moved }
  return /can't parse/i.test(String(jsonAt(response, 'description'))) ? 'no markup' : null
}

function judge(response: StepResponse): Judgement | undefined {
  if (jsonAt(response, 'ok') === true) return { verdict: 'confirmed' }
  const seconds = jsonAt(response, 'parameters', 'retry_after')
  return typeof seconds === 'number' ? { verdict: 'wait', retryAfter: seconds } : undefined
}
