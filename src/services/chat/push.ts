import type { DeliveryContext } from '../../schema/context.ts'
import { changeOf, type Pushed, refName, shortSha, titleOf } from '../../schema/payload.ts'
import { projectOf } from './author.ts'
import type { Message } from './message.ts'
import { below, join, link, type Rich, rich, verbatim } from './rich.ts'

export function push(payload: Pushed, context: DeliveryContext): Message {
  const { ref, before, after, user_name: name, user_username: username, user_avatar: avatar, commits } = payload
  const isTag = ref.startsWith('refs/tags/')
  const kind = isTag ? 'tag' : 'branch'
  const branch = refName(ref)
  const project = projectOf(context)
  const place = link(branch, below(context.projectUrl, '-', isTag ? 'tags' : 'commits', branch))
  const compare = link('Compare changes', below(context.projectUrl, '-', 'compare', `${before}...${after}`))
  const who = name || username
  const change = changeOf(payload)
  const [did, preposition] = {
    created: [rich`${who} pushed new ${kind} ${place}`, rich` to `],
    removed: [rich`${who} removed ${kind} ${verbatim(branch)}`, rich` from `],
    changed: [rich`${who} pushed to ${kind} ${place}`, rich` of `],
  }[change] as [Rich, Rich]
  const body = change === 'changed' ? join(commits.map(lineOf), '\n\n') : []
  const summary = [...did, ...preposition, ...project, ...(change === 'changed' ? rich` (${compare})` : [])]
  return {
    summary,
    pretext: summary,
    ...(body.length > 0 && { attachment: { text: body } }),
    card: { title: did, subtitle: rich`in ${project}`, text: compare },
    body,
    color: 'neutral',
    author: { text: who, handle: who, avatar },
    thread: `push ${context.projectFullName}_${branch}`,
  }
}

function lineOf(commit: Pushed['commits'][number]): Rich {
  return rich`${link(shortSha(commit.id), commit.url)}: ${titleOf(commit)} - ${commit.author.name}`
}
