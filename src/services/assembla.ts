import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const assembla = defineService({
  slug: 'assembla',
  kind: 'issues',
  title: 'Assembla',
  description: 'Sends pushed commits to an Assembla space.',
  params: {
    token: secret(text('Authentication token of the Assembla space')),
    subdomain: asEndpoint(labels('Subdomain of the Assembla account')).optional(),
  },
  events: ['push'],
})
