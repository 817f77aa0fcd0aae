import type { DeliveryContext } from '../../schema/context.ts'
import { firstLine, type PayloadOf } from '../../schema/payload.ts'
import { authorOf, nameOf, projectOf } from './author.ts'
import type { Message } from './message.ts'
import { below, emphasis, link, type Rich, rich } from './rich.ts'

type MergeRequest = PayloadOf<'merge_request'>

const APPROVALS: Readonly<Record<string, string>> = {
  approved: 'approved',
  unapproved: 'unapproved',
  approval: 'added their approval to',
  unapproval: 'removed their approval from',
}

export function mergeRequest(payload: MergeRequest, context: DeliveryContext): Message | string {
  const { iid, title, state, action } = payload.object_attributes
  const reviewers = action === 'update' ? reviewersText(payload.changes.reviewers) : undefined
  if (action === 'update' && !reviewers) return 'chats announce no updates of merge requests but of their reviewers'
  const author = authorOf(payload)
  const done = reviewers ?? rich`${APPROVALS[action] ?? state}`
  const name = rich`!${iid} ${emphasis(rich`${firstLine(title)}`)}`
  const place = link(name, below(context.projectUrl, '-', 'merge_requests', String(iid)))
  const project = projectOf(context)
  const summary = rich`${author.text} ${done} merge request ${place} in ${project}`
  return {
    summary,
    pretext: summary,
    card: {
      title: reviewers ? rich`${author.text} ${done} merge request` : rich`Merge request ${done} by ${author.text}`,
      subtitle: rich`in ${project}`,
      text: place,
    },
    body: [],
    color: 'neutral',
    author,
    thread: `merge request ${context.projectFullName}!${iid}`,
  }
}

/** New reviewers, and those who are asked again, count more than those who were removed. */
function reviewersText({ previous, current }: MergeRequest['changes']['reviewers']): Rich | undefined {
  const wanted = current.filter(({ id, re_requested }) => re_requested || !previous.some((other) => other.id === id))
  if (wanted.length > 0) return rich`requested a review from ${listOf(wanted)} of`
  const removed = previous.filter(({ id }) => !current.some((other) => other.id === id))
  if (removed.length === 0) return undefined
  if (current.length === 0) return rich`removed all reviewers from`
  return rich`removed ${listOf(removed)} as ${removed.length > 1 ? 'reviewers' : 'reviewer'} from`
}

function listOf(people: readonly { name: string; username: string }[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(people.map(nameOf))
}
