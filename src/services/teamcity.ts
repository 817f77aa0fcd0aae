import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const teamcity = defineService({
  slug: 'teamcity',
  kind: 'ci',
  title: 'JetBrains TeamCity CI',
  description: 'Triggers TeamCity builds on pushes and merge requests.',
  params: {
    teamcity_url: endpoint('URL of the TeamCity server, e.g. https://teamcity.example.com'),
    build_type: text('ID of the build configuration').meta({ title: 'Build configuration ID' }),
    username: text('TeamCity user who triggers the builds'),
    password: secret(text('Password of the TeamCity user')),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .default(true),
  },
  events: ['push', 'merge_requests'],
})
