import type { DeliveryContext } from '../../schema/context.ts'
import type { Occurrence } from '../../schema/payload.ts'
import { alert, vulnerability } from './alert.ts'
import { deployment } from './deployment.ts'
import { issue } from './issue.ts'
import { mergeRequest } from './merge-request.ts'
import { note } from './note.ts'
import { pipeline } from './pipeline.ts'
import { push } from './push.ts'
import type { Rich } from './rich.ts'
import { wikiPage } from './wiki-page.ts'

/** Message about an event, for all chats. Receivers differ in the parts that they show, and in their syntax. */
export interface Message {
  /** All of it in one sentence. */
  summary: Rich
  /** The sentence above the attachment; empty if the attachment says it all. */
  pretext: Rich
  attachment?: Attachment
  /** The heading of a card, in its three lines. */
  card: { title: Rich; subtitle: Rich; text: Rich }
  /** Longer text below the heading. */
  body: Rich
  color: Color
  author: Author
  /** Names the conversation that the message belongs to. */
  thread: string
}

export interface Attachment {
  title?: { text: string; url: string }
  text?: Rich
  fields?: readonly Field[]
  /** Only pipelines show who ran them and when they ended. */
  footer?: { text: string; icon: string; at: Date | undefined; profile: string }
}

export interface Field {
  title: string
  value: Rich | number
}

export interface Author {
  /** `Ada Lovelace (ada)`. */
  text: string
  /** Their short name: the user name, of pushes the name. */
  handle: string
  avatar: string
}

export type Color = 'neutral' | 'issue' | 'good' | 'warning' | 'danger'

/** Returns the message of an event, or why there is none. */
export function messageOf(occurrence: Occurrence, context: DeliveryContext): Message | string {
  switch (occurrence.kind) {
    case 'push':
    case 'tag_push':
      return push(occurrence.payload, context)
    case 'issue':
    case 'incident':
    case 'work_item':
      return issue(occurrence, context)
    case 'merge_request':
      return mergeRequest(occurrence.payload, context)
    case 'note':
      return note(occurrence.payload, context)
    case 'wiki_page':
      return wikiPage(occurrence.payload, context)
    case 'pipeline':
      return pipeline(occurrence.payload, context)
    case 'deployment':
      return deployment(occurrence.payload, context)
    case 'alert':
      return alert(occurrence.payload, context)
    case 'vulnerability':
      return vulnerability(occurrence.payload, context)
    default:
      return `chats have no words for ${occurrence.kind}`
  }
}
