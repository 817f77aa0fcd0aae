import { secret, text } from '../field.ts'
import { defineService } from '../service.ts'

export const slackSlashCommands = defineService({
  slug: 'slack-slash-commands',
  title: 'Slack slash commands',
  description: 'Answers slash commands that people type in Slack.',
  params: {
    token: secret(text('Token that Slack sends along with every command')),
  },
  events: [],
})
