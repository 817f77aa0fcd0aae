import { endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const packagist = defineService({
  slug: 'packagist',
  title: 'Packagist',
  description: 'Has Packagist read the package anew when its code changes.',
  params: {
    username: text('Packagist user who maintains the package'),
    token: secret(text('API token of that user')),
    server: endpoint('Address of the Packagist server; https://packagist.org if empty').optional(),
  },
  events: ['push', 'merge_requests', 'tag_push'],
})
