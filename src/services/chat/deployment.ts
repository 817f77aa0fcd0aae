import type { DeliveryContext } from '../../schema/context.ts'
import type { PayloadOf } from '../../schema/payload.ts'
import { authorOf, projectOf } from './author.ts'
import type { Color, Message } from './message.ts'
import { link, rich } from './rich.ts'

const OUTCOMES: Readonly<Record<string, readonly [string, Color]>> = {
  success: ['succeeded', 'good'],
  failed: ['failed', 'danger'],
  canceled: ['canceled', 'warning'],
}

export function deployment(payload: PayloadOf<'deployment'>, context: DeliveryContext): Message {
  const { status, environment, deployable_id: job, deployable_url, user_url, short_sha, commit_url } = payload
  const [word, color] = OUTCOMES[status] ?? [status, 'neutral']
  const author = authorOf(payload)
  const project = projectOf(context)
  const summary =
    status === 'running' ? rich`Starting deploy to ${environment}` : rich`Deploy to ${environment} ${word}`
  const by = job ? rich` with job ${link(`#${job}`, deployable_url)}` : []
  const body = rich`${project}${by} by ${link(author.text, user_url)}
${link(short_sha, commit_url)}: ${payload.commit_title}`
  return {
    summary,
    pretext: summary,
    attachment: { text: body },
    card: { title: summary, subtitle: rich`in ${project}`, text: [] },
    body,
    color,
    author,
    thread: `deployment ${context.projectFullName} ${environment}`,
  }
}
