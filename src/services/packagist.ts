import type { DeliveryContext } from '../schema/context.ts'
import { endpoint, secret, text } from '../schema/field.ts'
import { hook } from '../schema/hook.ts'
import { defineService } from '../schema/service.ts'
import { joinUrl, withQuery } from '../schema/step.ts'
import type { BuildEvent } from './builds.ts'

export const packagist = defineService({
  slug: 'packagist',
  kind: 'packages',
  title: 'Packagist',
  description: 'Updates the package on Packagist when its code changes.',
  params: () => ({
    username: text('Packagist user who maintains the package'),
    token: secret(text('API token of the Packagist user')),
    server: endpoint('URL of the Packagist server. Default: https://packagist.org').optional(),
  }),
  events: ['push', 'merge_requests', 'tag_push'],
  deliver: { push: update, merge_request: update, tag_push: update },
})

function* update(
  event: BuildEvent,
  { username, token, server }: { username: string; token: string; server: string | null },
  context: DeliveryContext,
) {
  const url = joinUrl(server ?? 'https://packagist.org', 'api/update-package')
  yield hook(withQuery(url, { username, apiToken: token }), event, context, {
    repeatable: true,
    judge: ({ status }) => (status === 202 ? { verdict: 'confirmed' } : undefined),
  })
}
