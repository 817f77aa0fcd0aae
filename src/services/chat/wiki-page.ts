import type { DeliveryContext } from '../../schema/context.ts'
import type { PayloadOf } from '../../schema/payload.ts'
import { authorOf, projectOf } from './author.ts'
import type { Message } from './message.ts'
import { block, emphasis, link, type Rich, rich } from './rich.ts'

const ACTIONS: Readonly<Record<string, string>> = { create: 'created', update: 'edited', delete: 'deleted' }

export function wikiPage(payload: PayloadOf<'wiki_page'>, context: DeliveryContext): Message | string {
  const { title, url, message, action, diff_url: changes } = payload.object_attributes
  const done = ACTIONS[action]
  if (!done) return 'chats have no words for this action on a wiki page'
  const author = authorOf(payload)
  const project = projectOf(context)
  const isDeleted = action === 'delete'
  const page: Rich = isDeleted ? rich`wiki page` : link('wiki page', url)
  const did = rich`${author.text} ${done} ${page}`
  const compare = changes && !isDeleted ? rich` (${link('Compare changes', changes)})` : []
  const summary = rich`${did}${compare} in ${project}: ${emphasis(rich`${title}`)}`
  const body = block(message)
  return {
    summary,
    pretext: summary,
    attachment: { text: body },
    card: { title: did, subtitle: rich`in ${project}`, text: rich`${title}` },
    body,
    color: 'neutral',
    author,
    thread: `wiki_page ${url}`,
  }
}
