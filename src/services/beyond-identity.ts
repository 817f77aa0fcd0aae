import { flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const beyondIdentity = defineService({
  slug: 'beyond-identity',
  kind: 'security',
  title: 'Beyond Identity',
  description: 'Verifies with Beyond Identity the keys that sign commits.',
  gitlabOnly: 'Applies to a whole GitLab instance and to the pushes that it receives.',
  params: () => ({
    token: secret(text('API token of Beyond Identity')),
    exclude_service_accounts: flag('Do not verify pushes by service accounts').optional(),
  }),
  events: [],
  deliversNothing: 'Keys are verified by GitLab during a push, before there is an event.',
})
