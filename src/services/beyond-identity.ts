import { flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const beyondIdentity = defineService({
  slug: 'beyond-identity',
  title: 'Beyond Identity',
  description: 'Has Beyond Identity vouch for the keys that commits are signed with.',
  gitlabOnly: 'GitLab sets it for a whole instance, and checks the pushes that the instance takes.',
  params: {
    token: secret(text('API token of Beyond Identity')),
    exclude_service_accounts: flag('Let service accounts push without the check').optional(),
  },
  events: [],
})
