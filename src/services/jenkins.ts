import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const jenkins = defineService({
  slug: 'jenkins',
  kind: 'ci',
  title: 'Jenkins CI',
  description: 'Triggers Jenkins builds on pushes, tags and merge requests.',
  params: {
    jenkins_url: endpoint('URL of the Jenkins server, e.g. https://jenkins.example.com'),
    project_name: text('Name of the Jenkins job, as in its URL'),
    username: text('Name of the Jenkins user, if the server requires authentication').optional(),
    password: secret(text('Password of the Jenkins user')).optional(),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .default(true),
  },
  events: ['push', 'merge_requests', 'tag_push'],
  defaultOff: ['merge_requests_events', 'tag_push_events'],
})
