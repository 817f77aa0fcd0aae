import type { DeliveryContext } from '../../schema/context.ts'
import { type PayloadOf, titleOf } from '../../schema/payload.ts'
import { authorOf } from './author.ts'
import type { Color, Field, Message } from './message.ts'
import { below, join, link, type Rich, rich } from './rich.ts'

type Pipeline = PayloadOf<'pipeline'>
type Build = Pipeline['builds'][number]

const MAX_NAMES = 10

/** The project goes by its short name here. */
export function pipeline(payload: Pipeline, context: DeliveryContext): Message {
  const { id, ref, tag, duration, finished_at } = payload.object_attributes
  const { projectUrl, projectName } = context
  const [outcome, color] = outcomeOf(payload)
  const failed = failedBuilds(payload)
  const url = below(projectUrl, '-', 'pipelines', String(id), ...(failed.length > 0 ? ['failures'] : []))
  const author = authorOf(payload)
  const project = link(projectName, projectUrl)
  const place = link(ref, below(projectUrl, '-', tag ? 'tags' : 'commits', ref))
  const did = rich`Pipeline ${link(`#${id}`, url)} of ${tag ? 'tag' : 'branch'} ${place} by ${author.text} ${outcome}`
  const time = clock(duration)
  const summary = rich`${project}: ${did} in ${time}`
  const { username } = payload.user
  return {
    summary,
    pretext: [],
    attachment: {
      title: { text: `Pipeline #${id} ${outcome} in ${time}`, url },
      fields: [{ title: tag ? 'Tag' : 'Branch', value: place }, ...fieldsOf(payload, failed, url, projectUrl)],
      footer: {
        text: projectName,
        icon: payload.project.avatar_url,
        at: timeOf(finished_at),
        profile: username ? below(context.instance, username) : '',
      },
    },
    card: { title: did, subtitle: rich`in ${project}`, text: rich`in ${time}` },
    body: summary,
    color,
    author,
    thread: `pipeline ${id}`,
  }
}

function outcomeOf({ object_attributes: { status, detailed_status: detail } }: Pipeline): [string, Color] {
  if (status === 'failed') return ['has failed', 'danger']
  return detail.includes('warning') ? ['has passed with warnings', 'warning'] : ['has passed', 'good']
}

/** One of each name, the last one first; a job that passed when it was retried has not failed. */
function failedBuilds({ builds }: Pipeline): readonly Build[] {
  const passed = new Set(builds.filter(({ status }) => status === 'success').map(({ name }) => name))
  const failed = builds.filter(({ status, name }) => status === 'failed' && !passed.has(name))
  return [...new Map(failed.map((build) => [build.name, build])).values()].toReversed()
}

function fieldsOf(payload: Pipeline, failed: readonly Build[], failures: string, projectUrl: string): readonly Field[] {
  const { commit, object_attributes } = payload
  const stages = [...new Set(failed.map(({ stage }) => stage))].map((stage) => link(stage, failures))
  const jobs = failed.map(({ id, name }) => link(name, below(projectUrl, '-', 'jobs', String(id))))
  const counted = (title: string, names: readonly Rich[]) => ({
    title: names.length > 1 ? `${title}s` : title,
    value: listOf(names, failures),
  })
  return [
    ...(commit.id ? [{ title: 'Commit', value: link(titleOf(commit), commit.url) }] : []),
    ...(failed.length > 0 ? [counted('Failed stage', stages), counted('Failed job', jobs)] : []),
    ...(object_attributes.name ? [{ title: 'Pipeline name', value: rich`${object_attributes.name}` }] : []),
  ]
}

function listOf(names: readonly Rich[], failures: string): Rich {
  const more = names.length - MAX_NAMES
  const shown = join(names.slice(0, MAX_NAMES), ', ')
  return more > 0 ? rich`${shown}, and ${link(`${more} more`, failures)}` : shown
}

/** `MM:SS`, from an hour on `HH:MM:SS`. */
function clock(duration: number): string {
  const seconds = Math.max(0, Math.floor(duration))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = seconds >= 3600 ? parts : parts.slice(1)
  return shown.map((part) => String(part).padStart(2, '0')).join(':')
}

/** GitLab writes `2026-11-20 13:05:00 UTC` or ISO 8601. */
export function timeOf(text: string): Date | undefined {
  const date = new Date(text.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z'))
  return Number.isNaN(date.getTime()) ? undefined : date
}
