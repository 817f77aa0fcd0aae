import type { DeliveryContext } from '../../schema/context.ts'
import type { Occurrence } from '../../schema/payload.ts'
import { authorOf, projectOf } from './author.ts'
import type { Message } from './message.ts'
import { block, link, rich, toLine } from './rich.ts'

export function issue(
  { kind, payload }: Occurrence<'issue' | 'incident' | 'work_item'>,
  context: DeliveryContext,
): Message | string {
  const { iid, title, description, url, state, action, type } = payload.object_attributes
  const isIncident = type.toLowerCase() === 'incident'
  if (action === 'update') return 'chats announce no updates of issues'
  if (kind === 'work_item' && isIncident) return 'the incident comes as an event of its own'
  const word = kind === 'work_item' ? type || 'Work item' : kind === 'incident' || isIncident ? 'Incident' : 'Issue'
  const name = `#${iid} ${toLine(title)}`
  const author = authorOf(payload)
  const project = projectOf(context)
  const summary = rich`[${project}] ${word} ${link(name, url)} ${state} by ${author.text}`
  const body = action === 'open' ? block(description) : []
  return {
    summary,
    pretext: summary,
    ...(action === 'open' && { attachment: { title: { text: name, url }, text: body } }),
    card: { title: rich`${word} ${state} by ${author.text}`, subtitle: rich`in ${project}`, text: link(name, url) },
    body,
    color: 'issue',
    author,
    thread: `issue ${context.projectFullName}#${iid}`,
  }
}
