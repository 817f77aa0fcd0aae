import { secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const flowdock = defineService({
  slug: 'flowdock',
  title: 'Flowdock',
  description: 'Posts pushes to a flow in Flowdock.',
  deprecated: 'Flowdock has shut down, and GitLab removed the service in 15.7.',
  params: {
    token: secret(text('Token of the Git source in the flow')),
  },
  events: ['push'],
})
