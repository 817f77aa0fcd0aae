import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { slackReply } from './chat/reply.ts'

export const slackSlashCommands = defineService({
  slug: 'slack-slash-commands',
  kind: 'chat',
  title: 'Slack slash commands',
  description: 'Runs slash commands from Slack.',
  params: () => ({
    token: secret(text('Token that Slack sends with each command')),
  }),
  events: [],
  deliversNothing: 'The service receives commands and sends nothing for an event.',
  reply: slackReply,
})
