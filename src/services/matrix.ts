import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const matrix = defineService({
  slug: 'matrix',
  title: 'Matrix notifications',
  description: 'Announces project events in a Matrix room.',
  params: {
    hostname: endpoint('Address of the Matrix server; https://matrix-client.matrix.org if empty').optional(),
    token: asEndpoint(secret(text('Access token of the Matrix user who posts'))),
    room: text('ID of the room, e.g. !example:matrix.org'),
    ...pipelineNotifications,
  },
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
})
