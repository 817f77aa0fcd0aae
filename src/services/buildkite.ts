import { endpoint, flag, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'

export const buildkite = defineService({
  slug: 'buildkite',
  kind: 'ci',
  title: 'Buildkite',
  description: 'Triggers a Buildkite pipeline on pushes, tags and merge requests.',
  params: {
    token: secret(text('GitLab token of the Buildkite pipeline')),
    project_url: endpoint('URL of the pipeline, e.g. https://buildkite.com/example/pipeline'),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .optional(),
  },
  events: ['push', 'merge_requests', 'tag_push'],
  deliver: {
    *push(event, { token }, context) {
      yield hook(`https://webhook.buildkite.com/deliver/${webhookToken(token)}`, event, context)
    },
  },
})

/** GitLab's form of the token: the one of the webhook, then the one that reads the status of builds. */
function webhookToken(token: string): string {
  return encodeURIComponent(token.split(':', 1)[0] ?? '')
}
