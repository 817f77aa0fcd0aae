import type { DeliveryContext } from '../../schema/context.ts'
import { firstLine, type PayloadOf, shortSha, titleOf } from '../../schema/payload.ts'
import { authorOf, projectOf } from './author.ts'
import type { Message } from './message.ts'
import { block, emphasis, link, rich } from './rich.ts'

export function note(payload: PayloadOf<'note'>, context: DeliveryContext): Message {
  const { note: text, url } = payload.object_attributes
  const { target, title } = targetOf(payload)
  const author = authorOf(payload)
  const project = projectOf(context)
  const did = rich`${author.text} ${link(`commented on ${target}`, url)}`
  const name = firstLine(title)
  const summary = [...rich`${did} in ${project}`, ...(name ? rich`: ${emphasis(rich`${name}`)}` : [])]
  const body = block(text)
  return {
    summary,
    pretext: summary,
    attachment: { text: body },
    card: { title: did, subtitle: rich`in ${project}`, text: rich`${name}` },
    body,
    color: 'neutral',
    author,
    thread: target,
  }
}

function targetOf({
  object_attributes: { noteable_type: type },
  commit,
  issue,
  merge_request,
  snippet,
}: PayloadOf<'note'>) {
  switch (type) {
    case 'Commit':
      return { target: `commit ${shortSha(commit.id)}`, title: titleOf(commit) }
    case 'Issue':
    case 'WorkItem':
      return { target: `issue #${issue.iid}`, title: issue.title }
    case 'MergeRequest':
      return { target: `merge request !${merge_request.iid}`, title: merge_request.title }
    case 'Snippet':
    case 'ProjectSnippet':
      return { target: `snippet $${snippet.id}`, title: snippet.title }
    default:
      return { target: type.toLowerCase() || 'something', title: '' }
  }
}
