import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const squashTm = defineService({
  slug: 'squash-tm',
  title: 'Squash TM',
  description: 'Tells Squash TM of changed issues, so that it keeps its requirements in step.',
  params: {
    url: endpoint('Address that Squash TM takes issues at'),
    token: secret(text('Token that Squash TM expects, if any', 255)).optional(),
  },
  events: ['issues', 'confidential_issues'],
})
