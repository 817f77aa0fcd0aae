import { secret, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

const SOUNDS =
  'pushover bike bugle cashregister classical cosmic falling gamelan incoming intermission magic mechanical pianobar siren spacealarm tugboat alien climb persistent echo updown none'

export const pushover = defineService({
  slug: 'pushover',
  title: 'Pushover',
  description: 'Notifies phones and desktops of pushes through Pushover.',
  params: {
    api_key: secret(text('Key of the Pushover application')),
    user_key: secret(text('Key of the Pushover user or group')),
    priority: suggested(['-2', '-1', '0', '1'], 'Urgency, from -2 (lowest) to 1 (high)'),
    device: text('Name of one device; all active ones if empty').optional(),
    sound: suggested(SOUNDS.split(' '), 'Sound of the notification').optional(),
  },
  events: ['push'],
})
