import { secret, suggested, text } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'

const SOUNDS =
  'pushover bike bugle cashregister classical cosmic falling gamelan incoming intermission magic mechanical pianobar siren spacealarm tugboat alien climb persistent echo updown none'

export const pushover = defineService({
  slug: 'pushover',
  kind: 'chat',
  title: 'Pushover',
  description: 'Sends push events to phones and desktops through Pushover.',
  params: {
    api_key: secret(text('API key of the Pushover application')),
    user_key: secret(text('Key of the Pushover user or group')),
    priority: suggested(['-2', '-1', '0', '1'], 'Priority, from -2 (lowest) to 1 (high)', {
      '-2': 'Lowest',
      '-1': 'Low',
      '0': 'Normal',
      '1': 'High',
    }),
    device: text('Name of the device. Default: all active devices').optional(),
    sound: suggested(SOUNDS.split(' '), 'Notification sound', {
      cashregister: 'Cash register',
      pianobar: 'Piano bar',
      spacealarm: 'Space alarm',
      echo: 'Pushover echo',
      none: 'Silent',
    }).optional(),
  },
  events: ['push'],
})
