import { secret, suggested, text } from '../schema/field.ts'
import { changeOf, type Pushed, refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { form, type Judge, parseJson } from '../schema/step.ts'

const SOUNDS =
  'pushover bike bugle cashregister classical cosmic falling gamelan incoming intermission magic mechanical pianobar siren spacealarm tugboat alien climb persistent echo updown none'

export const pushover = defineService({
  slug: 'pushover',
  kind: 'chat',
  title: 'Pushover',
  description: 'Sends push events to phones and desktops through Pushover.',
  params: () => ({
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
  }),
  events: ['push'],
  deliver: {
    *push({ payload }, { api_key, user_key, device, priority, sound }, { projectFullName: name, projectUrl }) {
      const fields = {
        token: api_key,
        user: user_key,
        device: device ?? '',
        priority,
        title: name.slice(0, TITLE_LENGTH),
        message: describe(payload).slice(0, MESSAGE_LENGTH),
        url: projectUrl.slice(0, URL_LENGTH),
        url_title: `See project ${name}`.slice(0, URL_TITLE_LENGTH),
        ...(sound && { sound }),
      }
      yield form('https://api.pushover.net/1/messages.json', fields, { judge })
    },
  },
})

const TITLE_LENGTH = 250
const MESSAGE_LENGTH = 1024
const URL_LENGTH = 512
const URL_TITLE_LENGTH = 100

const VERBS = { created: 'pushed new branch', removed: 'deleted branch', changed: 'push to branch' } as const

function describe(payload: Pushed): string {
  const { user_name: user, ref, total_commits_count: count } = payload
  const message = `${user} ${VERBS[changeOf(payload)]} "${refName(ref)}".`
  return count > 0 ? `${message}\nTotal commits count: ${count}` : message
}

/** Pushover says 429 when the month's messages of the application are used up: none of today's retries would succeed. */
const judge: Judge = (response) => {
  if (response.status === 429)
    return { verdict: 'fix', reason: 'the monthly limit of the Pushover application is used up' }
  const { status } = (parseJson(response) ?? {}) as { status?: unknown }
  return response.status === 200 && status === 1 ? { verdict: 'confirmed' } : undefined
}
