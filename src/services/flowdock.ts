import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const flowdock = defineService({
  slug: 'flowdock',
  kind: 'chat',
  title: 'Flowdock',
  description: 'Posts pushes to a Flowdock flow.',
  deprecated: 'Flowdock has shut down. GitLab removed the service in 15.7.',
  params: {
    token: secret(text('Token of the Git source of the flow')),
  },
  events: ['push'],
})
