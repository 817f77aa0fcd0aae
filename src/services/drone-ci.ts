import { endpoint, flag, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

export const droneCi = defineService({
  slug: 'drone-ci',
  title: 'Drone CI',
  description: 'Builds pushes, tags and merge requests on a Drone server.',
  params: {
    token: secret(text('Token of the project on the Drone server')),
    drone_url: endpoint('URL of the Drone server, e.g. https://drone.example.com'),
    enable_ssl_verification: flag('Verify the certificate of the server').optional(),
  },
  events: ['push', 'merge_requests', 'tag_push'],
})
