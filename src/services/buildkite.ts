import { endpoint, flag, secret, text } from '../schema/field.ts'
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
})
