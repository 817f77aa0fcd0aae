import { endpoint, flag, secret, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
import { chatEvents } from './groups.ts'

export const hipchat = defineService({
  slug: 'hipchat',
  title: 'HipChat',
  description: 'Announces project events in a HipChat room.',
  deprecated: 'HipChat has shut down, and GitLab dropped the service in 13.11.',
  params: {
    token: secret(text('Token of the room')),
    color: suggested(['yellow', 'red', 'green', 'purple', 'gray', 'random'], 'Background of the messages').optional(),
    notify: flag('Alert the people in the room').optional(),
    room: text('Name or number of the room').optional(),
    api_version: text('Version of the HipChat API; v2 if empty').optional(),
    server: endpoint('Address of your own HipChat server; the public one if empty').optional(),
  },
  events: chatEvents.filter((event) => event !== 'wiki_page'),
  aliases: { confidental_note_events: 'confidential_note_events' },
})
