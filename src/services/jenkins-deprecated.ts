import { flag, link } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'

export const jenkinsDeprecated = defineService({
  slug: 'jenkins-deprecated',
  kind: 'ci',
  title: 'Jenkins CI (Deprecated)',
  description: 'Triggers Jenkins builds on pushes through the GitLab Hook plugin.',
  deprecated: 'GitLab removed the service in 13.0. Use Jenkins CI instead.',
  params: {
    project_url: link('URL of the job, e.g. https://jenkins.example.com/job/example/'),
    multiproject_enabled: flag('The plugin runs in multi-project mode')
      .meta({ title: 'Multi-project mode' })
      .optional(),
    pass_unstable: flag('Treat unstable builds as successful').meta({ title: 'Unstable builds pass' }).optional(),
  },
  events: [],
  deliver: {
    *push(event, { project_url }, context) {
      const [root = ''] = project_url.split('job/', 1)
      yield hook(`${root}/gitlab/build_now`, event, context)
    },
  },
})
