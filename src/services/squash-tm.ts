import { endpoint, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'
import { withQuery } from '../schema/step.ts'

export const squashTm = defineService({
  slug: 'squash-tm',
  kind: 'issues',
  title: 'Squash TM',
  description: 'Synchronizes issues with requirements in Squash TM.',
  params: () => ({
    url: endpoint('URL of the Squash TM webhook'),
    token: secret(text('Token of the Squash TM webhook, if it requires one', 255)).optional(),
  }),
  events: ['issues', 'confidential_issues'],
  deliver: {
    *issue(event, { url, token }, context) {
      yield hook(token ? withQuery(url, { token }) : url, event, context, { event: 'Issue Hook', repeatable: true })
    },
  },
})
