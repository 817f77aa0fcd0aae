import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const github = defineService({
  slug: 'github',
  kind: 'ci',
  title: 'GitHub',
  description: 'Reports pipeline results to GitHub as commit statuses.',
  params: {
    token: secret(text('GitHub access token with the scope repo:status')),
    repository_url: endpoint('URL of the repository, e.g. https://github.com/example/project'),
    static_context: flag('Name status checks after this host instead of the branch')
      .meta({ title: 'Static status check names' })
      .default(true),
  },
  events: ['pipeline'],
})
