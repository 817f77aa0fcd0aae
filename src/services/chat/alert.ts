import type { DeliveryContext } from '../../schema/context.ts'
import type { PayloadOf } from '../../schema/payload.ts'
import { projectOf } from './author.ts'
import type { Author, Message } from './message.ts'
import { timeOf } from './pipeline.ts'
import { join, link, rich } from './rich.ts'

const NOBODY: Author = { text: 'API', handle: 'API', avatar: '' }

export function alert(payload: PayloadOf<'alert'>, context: DeliveryContext): Message {
  const { title, url, severity, events, status, started_at } = payload.object_attributes
  const summary = rich`Alert firing in ${context.projectFullName}`
  return {
    summary,
    pretext: summary,
    attachment: {
      title: { text: title, url },
      fields: [
        { title: 'Severity', value: rich`${capitalized(severity)}` },
        { title: 'Events', value: events },
        { title: 'Status', value: rich`${capitalized(status)}` },
        { title: 'Start time', value: [{ literal: longTime(started_at) }] },
      ],
    },
    card: { title: summary, subtitle: [], text: link(title, url) },
    body: [],
    color: 'issue',
    author: NOBODY,
    thread: `alert ${url}`,
  }
}

export function vulnerability(payload: PayloadOf<'vulnerability'>, context: DeliveryContext): Message {
  const { title, url, state, severity, report_type, identifiers } = payload.object_attributes
  const project = projectOf(context)
  const summary = rich`[${project}] Vulnerability ${link(title, url)} ${state}`
  const names = identifiers.slice(0, 10).map(({ name, url: address }) => link(name, address))
  return {
    summary,
    pretext: summary,
    attachment: {
      title: { text: title, url },
      fields: [
        { title: 'Severity', value: rich`${capitalized(severity)}` },
        { title: 'Report type', value: rich`${capitalized(report_type.replaceAll('_', ' '))}` },
        ...(names.length > 0 ? [{ title: 'Identifiers', value: join(names, ', ') }] : []),
      ],
    },
    card: { title: rich`Vulnerability ${state}`, subtitle: rich`in ${project}`, text: link(title, url) },
    body: [],
    color: 'issue',
    author: NOBODY,
    thread: `vulnerability ${url}`,
  }
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ')

/** `April 23rd, 2020  1:06AM UTC`, the hour padded to two places; an unreadable time is left out. */
function longTime(text: string): string {
  const date = timeOf(text)
  if (!date) return ''
  const day = date.getUTCDate()
  const hour = date.getUTCHours()
  const clock = `${String(hour % 12 || 12).padStart(2)}:${String(date.getUTCMinutes()).padStart(2, '0')}`
  return `${MONTHS[date.getUTCMonth()]} ${day}${ordinal(day)}, ${date.getUTCFullYear()} ${clock}${hour < 12 ? 'AM' : 'PM'} UTC`
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th'
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'
}
