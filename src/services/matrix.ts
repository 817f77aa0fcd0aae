import type { DeliveryContext } from '../schema/context.ts'
import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { bearer, type Judgement, joinUrl, json, jsonAt, type StepResponse } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { bytes, renderWithin } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const matrix = defineService({
  slug: 'matrix',
  kind: 'chat',
  title: 'Matrix notifications',
  description: 'Posts project events to a Matrix room.',
  params: () => ({
    hostname: endpoint('URL of the Matrix server. Default: https://matrix-client.matrix.org').optional(),
    token: asEndpoint(secret(text('Access token of the Matrix user who posts the messages'))),
    room: text('ID of the room, e.g. !example:matrix.org'),
    ...pipelineNotifications,
  }),
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
  deliver: chat(post, 'incident', 'vulnerability'),
})

/** An event may have 65,536 bytes, in which the text stands twice. */
const MAX_BYTES = 20_000

interface Room {
  hostname: string | null
  token: string
  room: string
}

/** The transaction id makes a repeated request harmless. */
function post({ summary }: Message, { hostname, token, room }: Room, { idempotencyKey }: DeliveryContext) {
  const path = ['rooms', room, 'send', 'm.room.message', idempotencyKey].map(encodeURIComponent).join('/')
  const url = joinUrl(hostname ?? 'https://matrix-client.matrix.org', `_matrix/client/v3/${path}`)
  const event = {
    msgtype: 'm.notice',
    body: renderWithin(summary, dialects.mentioning, MAX_BYTES, bytes),
    format: 'org.matrix.custom.html',
    formatted_body: renderWithin(summary, dialects.html, MAX_BYTES, bytes),
    'm.mentions': {},
  }
  return [json(url, event, { method: 'PUT', ...bearer(token), judge })]
}

function judge(response: StepResponse): Judgement | undefined {
  if (typeof jsonAt(response, 'event_id') === 'string') return { verdict: 'confirmed' }
  const ms = jsonAt(response, 'retry_after_ms')
  return response.status === 429 && typeof ms === 'number' ? { verdict: 'wait', retryAfter: ms / 1000 } : undefined
}
