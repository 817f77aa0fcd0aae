import { asEndpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const campfire = defineService({
  slug: 'campfire',
  title: 'Campfire',
  description: 'Posts pushes to a Campfire room.',
  params: {
    token: secret(text('API token of the Campfire user who posts')),
    subdomain: asEndpoint(text('Subdomain of the Campfire account: one host label of 1 to 63 characters')).optional(),
    room: text('Number of the room, as in its address').optional(),
  },
  events: ['push'],
})
