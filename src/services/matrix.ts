import { asEndpoint, endpoint, secret, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

export const matrix = defineService({
  slug: 'matrix',
  kind: 'chat',
  title: 'Matrix notifications',
  description: 'Posts project events to a Matrix room.',
  params: {
    hostname: endpoint('URL of the Matrix server. Default: https://matrix-client.matrix.org').optional(),
    token: asEndpoint(secret(text('Access token of the Matrix user who posts the messages'))),
    room: text('ID of the room, e.g. !example:matrix.org'),
    ...pipelineNotifications,
  },
  events: [...chatEvents, 'incident', ...workItemEvents, 'vulnerability'],
})
