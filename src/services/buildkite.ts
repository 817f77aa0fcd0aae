import type { DeliveryContext } from '../schema/context.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'
import { joinUrl, jsonAt, type Steps, withQuery } from '../schema/step.ts'
import { type BuildEvent, skipsBuild, toCommitState } from './builds.ts'
import { sslVerification } from './groups.ts'

export const buildkite = defineService({
  slug: 'buildkite',
  kind: 'ci',
  title: 'Buildkite',
  description: 'Triggers a Buildkite pipeline on pushes, tags and merge requests.',
  params: () => ({
    token: secret(text('GitLab token of the Buildkite pipeline')),
    project_url: endpoint('URL of the pipeline, e.g. https://buildkite.com/example/pipeline'),
    enable_ssl_verification: sslVerification().optional(),
  }),
  events: ['push', 'merge_requests', 'tag_push'],
  deliver: { push: build, merge_request: build, tag_push: build },
  commitStatus({ sha }, { token, project_url }) {
    const [, statusToken] = token.split(':', 2)
    if (!statusToken) return 'the token has no second part, after a colon, to read the status of builds with'
    const url = `https://gitlab.buildkite.com/status/${encodeURIComponent(statusToken)}.json`
    return {
      step: { method: 'GET', url: withQuery(url, { commit: sha }) },
      read(response) {
        const status = response.status === 200 ? toCommitState(jsonAt(response, 'status')) : undefined
        return status && { status, page: withQuery(joinUrl(project_url, 'builds'), { commit: sha }) }
      },
    }
  },
})

/** GitLab's form of the token: the one of the webhook, then the one that reads the status of builds. */
function* build(event: BuildEvent, { token }: { token: string }, context: DeliveryContext): Steps {
  const reason = skipsBuild(event)
  if (reason) return reason
  yield hook(
    `https://webhook.buildkite.com/deliver/${encodeURIComponent(token.split(':', 1)[0] ?? '')}`,
    event,
    context,
  )
}
