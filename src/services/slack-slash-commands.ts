import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const slackSlashCommands = defineService({
  slug: 'slack-slash-commands',
  title: 'Slack slash commands',
  description: 'Answers slash commands that people type in Slack.',
  params: {
    token: secret(text('Token that Slack sends along with every command')),
  },
  events: [],
})
