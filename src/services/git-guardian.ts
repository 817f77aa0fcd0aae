import { asEndpoint, link, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const gitGuardian = defineService({
  slug: 'git-guardian',
  title: 'GitGuardian',
  description: 'Has GitGuardian look for credentials in pushed commits, and turn them away.',
  params: {
    token: secret(text('API token of GitGuardian with the scope scan')),
    api_url: asEndpoint(
      link('Address of the GitGuardian API; https://api.gitguardian.com if empty', ['https']),
    ).optional(),
  },
  events: [],
})
