import { asEndpoint, labels, secret, text } from '../schema/field.ts'
import { changeOf, type Pushed, refName } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { ask, basic, form, parseJson, type StepResponse } from '../schema/step.ts'

export const campfire = defineService({
  slug: 'campfire',
  kind: 'chat',
  title: 'Campfire',
  description: 'Posts a message to a Campfire room on each push.',
  deprecated: 'The Campfire that this service speaks to is closed to new customers. Its successor has another API.',
  params: () => ({
    token: secret(text('API token of the Campfire user who posts the messages')),
    subdomain: asEndpoint(labels('Subdomain of the Campfire account')).optional(),
    room: text('Room ID, the last part of the room’s URL').optional(),
  }),
  events: ['push'],
  deliver: {
    *push({ payload }, { token, subdomain, room }, { projectFullName }) {
      if (!subdomain || !room) return `${subdomain ? 'room' : 'subdomain'} is not set`
      const origin = `https://${subdomain}.campfirenow.com`
      const auth = basic(token, 'X')
      const id = yield* ask({ method: 'GET', url: `${origin}/rooms.json`, ...auth }, (response) =>
        findRoom(response, room),
      )
      if (id === null) return 'Campfire has no such room'
      const message = `[${projectFullName}] ${payload.user_name} ${describe(payload)}`
      yield form(
        `${origin}/room/${id}/speak.json`,
        { 'message[type]': 'TextMessage', 'message[body]': message },
        { ...auth, judge: ({ status }) => (status === 201 ? { verdict: 'confirmed' } : undefined) },
      )
    },
  },
})

/** The id of a room that is given by its name or its id; null if there is none. */
function findRoom(response: StepResponse, room: string): number | null {
  const { rooms } = (parseJson(response) ?? {}) as { rooms?: unknown }
  for (const { id, name } of Array.isArray(rooms) ? rooms : []) {
    if (typeof id === 'number' && (name === room || String(id) === room)) return id
  }
  return null
}

function describe(payload: Pushed): string {
  const { ref, before, after, total_commits_count: count, project } = payload
  const branch = refName(ref)
  switch (changeOf(payload)) {
    case 'created':
      return `pushed new branch ${branch} \n`
    case 'removed':
      return `removed branch ${branch} \n`
    case 'changed':
      return `pushed ${count} commits to ${branch}. ${project.web_url}/compare/${before}...${after}`
  }
}
