import { secret, text } from '../field.ts'
import { defineService } from '../service.ts'

export const gitGuardian = defineService({
  slug: 'git-guardian',
  title: 'GitGuardian',
  description: 'Has GitGuardian look for credentials in pushed commits, and turn them away.',
  params: {
    token: secret(text('API token of GitGuardian with the scope scan')),
  },
  events: [],
})
