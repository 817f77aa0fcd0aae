import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const squashTm = defineService({
  slug: 'squash-tm',
  kind: 'issues',
  title: 'Squash TM',
  description: 'Synchronizes issues with requirements in Squash TM.',
  params: {
    url: endpoint('URL of the Squash TM webhook'),
    token: secret(text('Token of the Squash TM webhook, if it requires one', 255)).optional(),
  },
  events: ['issues', 'confidential_issues'],
})
