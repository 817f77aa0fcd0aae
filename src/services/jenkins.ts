import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const jenkins = defineService({
  slug: 'jenkins',
  title: 'Jenkins CI',
  description: 'Builds pushes, tags and merge requests on a Jenkins server.',
  params: {
    jenkins_url: endpoint('Address of the Jenkins server, e.g. https://jenkins.example.com'),
    project_name: text('Name of the job, as in its address'),
    username: text('Jenkins user, if the server asks for one').optional(),
    password: secret(text('Password of that user')).optional(),
    enable_ssl_verification: flag('Verify the certificate of the server').default(true),
  },
  events: ['push', 'merge_requests', 'tag_push'],
  defaultOff: ['merge_requests_events', 'tag_push_events'],
})
