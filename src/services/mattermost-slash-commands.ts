import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { mattermostReply } from './chat/reply.ts'

export const mattermostSlashCommands = defineService({
  slug: 'mattermost-slash-commands',
  kind: 'chat',
  title: 'Mattermost slash commands',
  description: 'Runs slash commands from Mattermost.',
  params: () => ({
    token: secret(text('Token that Mattermost sends with each command')),
    username: text('Display name of the sender of replies').optional(),
  }),
  events: [],
  deliversNothing: 'The service receives commands and sends nothing for an event.',
  reply: mattermostReply,
})
