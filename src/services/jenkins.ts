import type { DeliveryContext } from '../schema/context.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { headerOf } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { basic, joinUrl } from '../schema/step.ts'
import type { BuildEvent } from './builds.ts'
import { sslVerification } from './groups.ts'

export const jenkins = defineService({
  slug: 'jenkins',
  kind: 'ci',
  title: 'Jenkins CI',
  description: 'Triggers Jenkins builds on pushes, tags and merge requests.',
  params: () => ({
    jenkins_url: endpoint('URL of the Jenkins server, e.g. https://jenkins.example.com'),
    project_name: text('Name of the Jenkins job, as in its URL'),
    username: text('Name of the Jenkins user, if the server requires authentication').optional(),
    password: secret(text('Password of the Jenkins user')).optional(),
    enable_ssl_verification: sslVerification().default(true),
  }),
  events: ['push', 'merge_requests', 'tag_push'],
  defaultOff: ['merge_requests_events', 'tag_push_events'],
  deliver: { push: build, merge_request: build, tag_push: build },
})

interface Job {
  jenkins_url: string
  project_name: string
  username: string | null
  password: string | null
}

function* build(event: BuildEvent, { jenkins_url, project_name, username, password }: Job, context: DeliveryContext) {
  const path = project_name.split('/').map(encodeURIComponent).join('/')
  yield hook(joinUrl(jenkins_url, `project/${path}`), event, context, {
    event: headerOf(event.kind),
    ...basic(username, password),
    judge: ({ status }) => (status === 401 ? { verdict: 'dead', reason: REFUSED } : undefined),
  })
}

const REFUSED = 'Jenkins refused the user, or the job expects a secret token, which this service cannot send'
