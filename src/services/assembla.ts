import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const assembla = defineService({
  slug: 'assembla',
  title: 'Assembla',
  description: 'Reports pushed commits to an Assembla space.',
  params: {
    token: secret(text('Token that Assembla accepts the commits with')),
    subdomain: asEndpoint(labels('Subdomain of the Assembla account')).optional(),
  },
  events: ['push'],
})
