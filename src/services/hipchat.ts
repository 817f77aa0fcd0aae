import { endpoint, flag, secret, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents } from './groups.ts'

export const hipchat = defineService({
  slug: 'hipchat',
  kind: 'chat',
  title: 'HipChat',
  description: 'Posts project events to a HipChat room.',
  deprecated: 'HipChat has shut down. GitLab removed the service in 13.11.',
  params: {
    token: secret(text('Authentication token of the room')),
    color: suggested(
      ['yellow', 'red', 'green', 'purple', 'gray', 'random'],
      'Background color of the messages',
    ).optional(),
    notify: flag('Notify the members of the room').meta({ title: 'Notify members' }).optional(),
    room: text('Name or ID of the room').optional(),
    api_version: text('Version of the HipChat API. Default: v2').optional(),
    server: endpoint('URL of a self-hosted HipChat server. Default: https://api.hipchat.com').optional(),
  },
  events: chatEvents.filter((event) => event !== 'wiki_page'),
  aliases: { confidental_note_events: 'confidential_note_events' },
})
