import type { DeliveryContext } from '../schema/context.ts'
import { endpoint, flag, secret, suggested, text } from '../schema/field.ts'
import {
  changeOf,
  firstLine,
  type Occurrence,
  type PayloadOf,
  type Pushed,
  refName,
  shortSha,
  titleOf,
} from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { form, type Judge, json, type Steps, withQuery } from '../schema/step.ts'
import { chatEvents, escapeHtml } from './groups.ts'

export const hipchat = defineService({
  slug: 'hipchat',
  kind: 'chat',
  title: 'HipChat',
  description: 'Posts project events to a HipChat room.',
  deprecated:
    'HipChat shut down in February 2019, its server edition in June 2020. GitLab removed the service in 13.11.',
  params: () => ({
    token: secret(text('Authentication token of the room')),
    color: suggested(
      ['yellow', 'red', 'green', 'purple', 'gray', 'random'],
      'Background color of the messages',
    ).optional(),
    notify: flag('Notify the members of the room').meta({ title: 'Notify members' }).optional(),
    room: text('Name or ID of the room').optional(),
    api_version: text('Version of the HipChat API. Default: v2').optional(),
    server: endpoint('URL of a self-hosted HipChat server. Default: https://api.hipchat.com').optional(),
  }),
  events: chatEvents.filter((event) => event !== 'wiki_page'),
  aliases: { confidental_note_events: 'confidential_note_events' },
  deliver: { push: post, tag_push: post, issue: post, merge_request: post, note: post, pipeline: post },
})

type Announced = Occurrence<'push' | 'tag_push' | 'issue' | 'merge_request' | 'note' | 'pipeline'>

interface Room {
  token: string
  color: string | null
  notify: boolean | null
  room: string | null
  api_version: string | null
  server: string | null
}

function* post(event: Announced, params: Room, context: DeliveryContext): Steps {
  const { token, room, server, notify, api_version: version } = params
  if (!room) return 'room is not set'
  const message = messageOf(event, context)
  if ('silent' in message) return message.silent
  const fields = { room_id: room, from: 'GitLab', message: message.html, message_format: 'html' }
  const color = message.color ?? params.color ?? 'yellow'
  const base = (server ?? 'https://api.hipchat.com').replace(/\/$/, '')
  if (version === 'v1') {
    const url = withQuery(`${base}/v1/rooms/message`, { auth_token: token })
    yield form(url, { ...fields, color, notify: notify ? '1' : '0' }, { judge })
  } else {
    const url = withQuery(`${base}/v2/room/${encodeURIComponent(room)}/notification`, { auth_token: token })
    yield json(url, { ...fields, color, notify: notify === true }, { headers: { Accept: 'application/json' }, judge })
  }
  return undefined
}

const judge: Judge = ({ status }) => (status === 200 || status === 204 ? { verdict: 'confirmed' } : undefined)

type Message = { html: string; color?: string } | { silent: string }

function messageOf(event: Announced, context: DeliveryContext): Message {
  const project = link(context.projectUrl, context.projectFullName.replaceAll(' ', ''))
  switch (event.kind) {
    case 'push':
    case 'tag_push':
      return { html: pushText(event.payload, project) }
    case 'issue':
      return targetText(event.payload, project, `issue #${event.payload.object_attributes.iid}`)
    case 'merge_request':
      return targetText(event.payload, project, `merge request !${event.payload.object_attributes.iid}`)
    case 'note':
      return { html: noteText(event.payload, project) }
    case 'pipeline':
      return pipelineText(event.payload, project)
  }
}

const MAX_COMMITS = 3

function pushText(payload: Pushed, project: string): string {
  const { ref, before, after, user_name, commits } = payload
  const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const name = refName(ref)
  const { web_url: url } = payload.project
  const user = escapeHtml(user_name)
  const place = link(`${url}/commits/${encodeURIComponent(name)}`, name)
  const change = changeOf(payload)
  if (change === 'created') return `${user} pushed new ${kind} ${place} to ${project}\n`
  if (change === 'removed') return `${user} removed ${kind} <b>${escapeHtml(name)}</b> from ${project} \n`
  const compare = link(`${url}/compare/${before}...${after}`, 'Compare changes')
  const lines = commits
    .slice(0, MAX_COMMITS)
    .map((commit) => `<br /> - ${escapeHtml(cut(titleOf(commit)))} (${link(commit.url, commit.id.slice(0, 6))})`)
  const more = commits.length > MAX_COMMITS ? `<br />... ${commits.length - MAX_COMMITS} more commits` : ''
  return `${user} pushed to ${kind} ${place} of ${project} (${compare})${lines.join('')}${more}`
}

function targetText(
  { object_attributes, user }: PayloadOf<'issue'> | PayloadOf<'merge_request'>,
  project: string,
  target: string,
): Message {
  const { action, state, url, title, description } = object_attributes
  if (action === 'update') return { silent: 'updates are not announced' }
  const did = `${escapeHtml(user.name)} ${escapeHtml(state)} ${link(url, target)} in ${project}`
  return { html: `${did}: <b>${escapeHtml(cut(title))}</b>${quoted(description)}` }
}

function noteText(
  { object_attributes, user, commit, issue, merge_request, snippet }: PayloadOf<'note'>,
  project: string,
): string {
  const { note, noteable_type: type, url } = object_attributes
  const [target, title] =
    type === 'Commit'
      ? [`commit ${shortSha(commit.id)}`, titleOf(commit)]
      : type === 'MergeRequest'
        ? [`merge request !${merge_request.iid}`, merge_request.title]
        : type === 'Snippet'
          ? [`snippet #${snippet.id}`, snippet.title]
          : [`issue #${issue.iid}`, issue.title]
  const did = `${escapeHtml(user.name)} commented on ${link(url, target)} in ${project}`
  return `${did}: <b>${escapeHtml(cut(firstLine(title)))}</b>${quoted(note)}`
}

function pipelineText(
  { object_attributes, user, project: { web_url } }: PayloadOf<'pipeline'>,
  project: string,
): Message {
  const { id, ref, tag, status, duration } = object_attributes
  if (status !== 'success' && status !== 'failed')
    return { silent: 'only pipelines that passed or failed are announced' }
  const pipeline = link(`${web_url}/-/pipelines/${id}`, `#${id}`)
  const place = link(`${web_url}/-/commits/${encodeURIComponent(ref)}`, ref)
  const did = `Pipeline ${pipeline} of ${place} ${tag ? 'tag' : 'branch'} by ${escapeHtml(user.name || 'API')}`
  const end = `${status === 'success' ? 'passed' : 'failed'} in ${duration} second(s)`
  return { html: `${project}: ${did} ${end}`, color: status === 'success' ? 'green' : 'red' }
}

function link(url: string, label: string): string {
  return /^https?:/i.test(url) ? `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>` : escapeHtml(label)
}

function quoted(raw: string): string {
  return raw.trim() === '' ? '' : `<pre>${escapeHtml(cut(raw))}</pre>`
}

const TEXT_LENGTH = 200

/** Cuts at a space, as far as there is one. */
function cut(raw: string): string {
  if (raw.length <= TEXT_LENGTH) return raw
  const start = raw.slice(0, TEXT_LENGTH - 3)
  const space = start.lastIndexOf(' ')
  return `${space > 0 ? start.slice(0, space) : start}...`.toWellFormed()
}
