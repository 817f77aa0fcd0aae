import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const campfire = defineService({
  slug: 'campfire',
  kind: 'chat',
  title: 'Campfire',
  description: 'Posts a message to a Campfire room on each push.',
  params: {
    token: secret(text('API token of the Campfire user who posts the messages')),
    subdomain: asEndpoint(labels('Subdomain of the Campfire account')).optional(),
    room: text('Room ID, the last part of the room’s URL').optional(),
  },
  events: ['push'],
})
