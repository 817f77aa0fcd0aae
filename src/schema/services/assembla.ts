import { secret, target, text } from '../field.ts'
import { defineService } from '../service.ts'

export const assembla = defineService({
  slug: 'assembla',
  title: 'Assembla',
  description: 'Reports pushed commits to an Assembla space.',
  params: {
    token: secret(text('Token that Assembla accepts the commits with')),
    subdomain: target(text('Subdomain of the Assembla account')).optional(),
  },
  events: ['push'],
})
