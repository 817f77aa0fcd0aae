import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const campfire = defineService({
  slug: 'campfire',
  title: 'Campfire',
  description: 'Posts pushes to a Campfire room.',
  params: {
    token: secret(text('API token of the Campfire user who posts')),
    subdomain: asEndpoint(labels('Subdomain of the Campfire account')).optional(),
    room: text('Number of the room, as in its address').optional(),
  },
  events: ['push'],
})
