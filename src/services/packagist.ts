import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const packagist = defineService({
  slug: 'packagist',
  kind: 'packages',
  title: 'Packagist',
  description: 'Updates the package on Packagist when its code changes.',
  params: {
    username: text('Packagist user who maintains the package'),
    token: secret(text('API token of the Packagist user')),
    server: endpoint('URL of the Packagist server. Default: https://packagist.org').optional(),
  },
  events: ['push', 'merge_requests', 'tag_push'],
})
