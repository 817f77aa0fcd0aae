import { type ChannelName, type EventName, findChannel } from '../../schema/events.ts'
import type { Occurrence } from '../../schema/payload.ts'

export type Channels = { readonly [C in ChannelName]?: string | null }

/** A channel for one event is a list, but not an endless one. */
const MAX_CHANNELS = 10

/** Returns the channel of a confidential event, else that of the plain one. */
export function channelFor(params: Channels, { events: [event] }: Occurrence): string | undefined {
  if (!event) return undefined
  const plain = event.replace('confidential_', '') as EventName
  return [event, plain].map((name) => settingFor(params, name)).find((value) => value !== '')
}

function settingFor(params: Channels, event: EventName): string {
  const name = findChannel(event)
  return (name && params[name]?.trim()) || ''
}

export function splitChannels(list: string): readonly string[] {
  const names = list.split(',').map((name) => name.trim())
  return [...new Set(names)].filter((name) => name !== '').slice(0, MAX_CHANNELS)
}
