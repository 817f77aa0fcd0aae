import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const teamcity = defineService({
  slug: 'teamcity',
  title: 'JetBrains TeamCity CI',
  description: 'Builds pushes and merge requests on a TeamCity server.',
  params: {
    teamcity_url: endpoint('Address of the TeamCity server, e.g. https://teamcity.example.com'),
    build_type: text('ID of the build configuration'),
    username: text('TeamCity user who starts the builds'),
    password: secret(text('Password of that user')),
    enable_ssl_verification: flag('Verify the certificate of the server').default(true),
  },
  events: ['push', 'merge_requests'],
})
