import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const droneCi = defineService({
  slug: 'drone-ci',
  kind: 'ci',
  title: 'Drone CI',
  description: 'Triggers Drone builds on pushes, tags and merge requests.',
  params: {
    token: secret(text('Token of the project on the Drone server')),
    drone_url: endpoint('URL of the Drone server, e.g. https://drone.example.com'),
    enable_ssl_verification: flag('Verify the TLS certificate of the server')
      .meta({ title: 'SSL verification' })
      .optional(),
  },
  events: ['push', 'merge_requests', 'tag_push'],
})
