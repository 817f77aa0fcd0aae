import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const github = defineService({
  slug: 'github',
  title: 'GitHub',
  description: 'Shows the results of pipelines as commit statuses on GitHub.',
  params: {
    token: secret(text('GitHub token with the scope repo:status')),
    repository_url: endpoint('Address of the repository, e.g. https://github.com/example/project'),
    static_context: flag('Name status checks after this host rather than after the branch').default(true),
  },
  events: ['pipeline'],
})
