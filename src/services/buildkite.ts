import { endpoint, flag, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'

export const buildkite = defineService({
  slug: 'buildkite',
  title: 'Buildkite',
  description: 'Builds pushes, tags and merge requests in a Buildkite pipeline.',
  params: {
    token: secret(text('Token that the pipeline expects from GitLab')),
    project_url: endpoint('Address of the pipeline, e.g. https://buildkite.com/example/pipeline'),
    enable_ssl_verification: flag('Verify the certificate of the server').optional(),
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
