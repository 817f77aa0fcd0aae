import type { DeliveryContext } from '../schema/context.ts'
import { branches, flag, lines } from '../schema/field.ts'
import type { Occurrence } from '../schema/payload.ts'
import { changeOf, type Pushed, refName, shortSha, titleOf } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import type { Steps } from '../schema/step.ts'
import { branchSilence } from './chat/filter.ts'
import { toOneLine } from './groups.ts'

export const emailsOnPush = defineService({
  slug: 'emails-on-push',
  kind: 'chat',
  title: 'Emails on push',
  description: 'Sends an email for each push and each new tag.',
  params: () => ({
    recipients: lines('Whitespace-separated list of email addresses. GitLab accepts up to 750'),
    disable_diffs: flag('Omit the diffs from the emails').meta({ title: 'Without diffs' }).optional(),
    send_from_committer_email: flag('Send the emails from the address of the committer').optional(),
    branches_to_be_notified: branches().default('all'),
  }),
  events: ['push', 'tag_push'],
  deliver: { push: send, tag_push: send },
})

interface Mailing {
  recipients: string
  disable_diffs: boolean | null
  send_from_committer_email: boolean | null
  branches_to_be_notified: string
}

function* send(event: Occurrence<'push' | 'tag_push'>, params: Mailing, context: DeliveryContext): Steps {
  const { payload } = event
  if (!context.emailsEnabled) return 'emails_enabled of the project is off'
  const silent = branchSilence(params, event, context)
  if (silent !== undefined) return silent
  if (changeOf(payload) === 'changed' && payload.commits.length === 0) return 'the push has no commits'
  const { project, user_name, user_username, user_email } = payload
  const mail = {
    fromName: toOneLine(user_name),
    ...(params.send_from_committer_email && user_email && { replyTo: toOneLine(user_email) }),
    subject: toOneLine(subjectOf(payload)).slice(0, SUBJECT_LENGTH),
    text: textOf(payload, context, !params.disable_diffs).slice(0, TEXT_LENGTH),
    headers: {
      'X-GitLab-Project': toOneLine(context.projectName),
      'X-GitLab-Project-Id': String(project.id),
      'X-GitLab-Project-Path': toOneLine(project.path_with_namespace),
      'X-GitLab-Author': toOneLine(user_username),
    },
  }
  for (const recipient of new Set(params.recipients.match(/\S+/g))) yield { mail: { ...mail, to: [recipient] } }
  return undefined
}

const SUBJECT_LENGTH = 250
const TEXT_LENGTH = 200_000

function subjectOf(payload: Pushed): string {
  const { ref, project, commits } = payload
  const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const name = refName(ref)
  const start = `[Git][${project.path_with_namespace}]`
  const change = changeOf(payload)
  if (change === 'created') return `${start} Pushed new ${kind} ${name}`
  if (change === 'removed') return `${start} Deleted ${kind} ${name}`
  const [first] = commits
  const title = first ? titleOf(first) : ''
  return `${start}[${name}] ${commits.length > 1 ? `${commits.length} commits: ${title}` : title}`
}

const VERBS = { created: 'pushed new', removed: 'deleted', changed: 'pushed to' } as const

function textOf(payload: Pushed, { projectFullName }: DeliveryContext, withFiles: boolean): string {
  const { user_name: user, ref, commits } = payload
  const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const paragraphs = [
    `${user} ${VERBS[changeOf(payload)]} ${kind} ${refName(ref)} of ${projectFullName}`,
    ...commits.map((commit) => describeCommit(commit, withFiles)),
    linkOf(payload),
  ]
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')
}

type Commit = Pushed['commits'][number]

/** The event names the files of a commit; what changed in them it does not say. */
function describeCommit({ id, message, author, added, modified, removed }: Commit, withFiles: boolean): string {
  const files = [
    ...added.map((file) => `+ ${file}`),
    ...modified.map((file) => `~ ${file}`),
    ...removed.map((file) => `- ${file}`),
  ]
  const parts = [`${shortSha(id)} by ${author.name}`, message.trim(), ...(withFiles ? files : [])]
  return parts.join('\n')
}

function linkOf(payload: Pushed): string {
  const { before, after, ref, project, commits } = payload
  const [first] = commits
  switch (changeOf(payload)) {
    case 'removed':
      return ''
    case 'created':
      return `${project.web_url}/-/tree/${encodeURI(refName(ref))}`
    case 'changed':
      return commits.length === 1 && first ? first.url : `${project.web_url}/-/compare/${before}...${after}`
  }
}
