import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const telegram = defineService({
  slug: 'telegram',
  title: 'Telegram',
  description: 'Announces project events in a Telegram chat.',
  params: {
    hostname: endpoint('Address of the Telegram API; https://api.telegram.org if empty').optional(),
    token: asEndpoint(secret(text('Token of the bot that posts'))),
    room: text('Chat: its number, or @ and its name'),
    thread: text('Number of the topic in a chat with topics').optional(),
    ...pipelineNotifications,
  },
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
})
