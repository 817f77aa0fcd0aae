import { asEndpoint, link, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const gitGuardian = defineService({
  slug: 'git-guardian',
  kind: 'security',
  title: 'GitGuardian',
  description: 'Rejects pushes in which GitGuardian finds credentials.',
  params: () => ({
    token: secret(text('GitGuardian API token with the scope scan')),
    api_url: asEndpoint(link('URL of the GitGuardian API. Default: https://api.gitguardian.com', ['https'])).optional(),
  }),
  events: [],
  deliversNothing: 'Files are scanned by GitLab during a push, before there is an event.',
})
