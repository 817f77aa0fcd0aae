import type { DeliveryContext } from '../../schema/context.ts'
import type { Kind, Occurrence } from '../../schema/payload.ts'
import type { AnySteps, Step, Steps } from '../../schema/step.ts'
import { type Filter, silence } from './filter.ts'
import { type Message, messageOf } from './message.ts'

/** The steps that post a message to a receiver. */
type Rendering<P> = (
  message: Message,
  params: P,
  context: DeliveryContext,
  occurrence: Occurrence,
) => readonly Step[] | AnySteps

const KINDS = [
  'push',
  'tag_push',
  'issue',
  'work_item',
  'merge_request',
  'note',
  'pipeline',
  'wiki_page',
] as const satisfies readonly Kind[]

type ChatDeliver<P> = (occurrence: Occurrence, params: P, context: DeliveryContext) => Steps

/** The `deliver` of a chat service: what every chat announces, and the further kinds that this one does. */
export function chat<P, K extends Kind = never>(
  post: Rendering<P>,
  ...more: readonly K[]
): Readonly<Record<(typeof KINDS)[number] | K, ChatDeliver<P & Filter>>> {
  function* announce(occurrence: Occurrence, params: P & Filter, context: DeliveryContext): Steps {
    const silent = silence(params, occurrence, context)
    if (silent !== undefined) return silent
    const message = messageOf(occurrence, context)
    if (typeof message === 'string') return message
    yield* post(message, params, context, occurrence)
    return undefined
  }
  const entries = [...KINDS, ...more].map((kind) => [kind, announce] as const)
  return Object.fromEntries(entries) as Record<(typeof KINDS)[number] | K, ChatDeliver<P & Filter>>
}
