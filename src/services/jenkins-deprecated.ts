import { flag, link } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const jenkinsDeprecated = defineService({
  slug: 'jenkins-deprecated',
  title: 'Jenkins CI (Deprecated)',
  description: 'Builds pushes through the GitLab Hook plugin of Jenkins.',
  deprecated: 'GitLab removed the service in 13.0; `jenkins` takes its place.',
  params: {
    project_url: link('Address of the job, e.g. https://jenkins.example.com/job/example/'),
    multiproject_enabled: flag('The plugin runs in multi-project mode').optional(),
    pass_unstable: flag('Count unstable builds as passed').optional(),
  },
  events: [],
})
