import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const mattermostSlashCommands = defineService({
  slug: 'mattermost-slash-commands',
  title: 'Mattermost slash commands',
  description: 'Answers slash commands that people type in Mattermost.',
  params: {
    token: secret(text('Token that Mattermost sends along with every command')),
    username: text('Name that answers are posted under').optional(),
  },
  events: [],
})
