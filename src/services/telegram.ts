import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const telegram = defineService({
  slug: 'telegram',
  kind: 'chat',
  title: 'Telegram',
  description: 'Posts project events to a Telegram chat.',
  params: {
    hostname: endpoint('URL of the Telegram API. Default: https://api.telegram.org').optional(),
    token: asEndpoint(secret(text('Token of the bot that posts the messages'))),
    room: text('ID of the chat, or @ and its username'),
    thread: text('ID of the topic in a chat with topics').optional(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
})
