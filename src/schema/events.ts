/**
 * Every event that a service can subscribe to, in the order of GitLab's short shape. `bit` is the flag's place in the
 * `settings.flags` column: stored rows depend on it, so it never changes. `on` is the flag's value on a new row
 * (docs/gitlab.md#defaults). An `own` flag is returned only by the services that have the event. `channel` names the
 * parameter that routes the event to a channel of its own; its name follows no rule.
 */
const table = {
  commit: { bit: 0, on: true },
  push: { bit: 1, on: true, channel: 'push_channel' },
  issues: { bit: 2, on: true, channel: 'issue_channel' },
  incident: { bit: 3, on: false, channel: 'incident_channel' },
  alert: { bit: 4, on: true, channel: 'alert_channel' },
  confidential_issues: { bit: 5, on: true, channel: 'confidential_issue_channel' },
  merge_requests: { bit: 6, on: true, channel: 'merge_request_channel' },
  tag_push: { bit: 7, on: true, channel: 'tag_push_channel' },
  deployment: { bit: 8, on: false, channel: 'deployment_channel' },
  note: { bit: 9, on: true, channel: 'note_channel' },
  confidential_note: { bit: 10, on: true, channel: 'confidential_note_channel' },
  pipeline: { bit: 11, on: true, channel: 'pipeline_channel' },
  wiki_page: { bit: 12, on: true, channel: 'wiki_page_channel' },
  job: { bit: 13, on: true },
  work_item: { bit: 15, on: false, own: true },
  confidential_work_item: { bit: 16, on: false, own: true },
  vulnerability: { bit: 17, on: false, own: true, channel: 'vulnerability_channel' },
  build: { bit: 18, on: false, own: true },
  subgroup: { bit: 19, on: false, own: true },
  project: { bit: 20, on: false, own: true },
} as const

export type EventName = keyof typeof table
type EventFlag = `${EventName}_events`

/** The switch of Jira's comments. It stands among the event flags in responses, yet subscribes to nothing. */
const commentFlag = { flag: 'comment_on_event_enabled', bit: 14, on: true } as const

export type FlagName = EventFlag | typeof commentFlag.flag

export type Channelled = { [N in EventName]: (typeof table)[N] extends { channel: string } ? N : never }[EventName]
export type ChannelName<N extends Channelled = Channelled> = (typeof table)[N]['channel']

interface Event {
  name: EventName
  flag: EventFlag
  bit: number
  on: boolean
  own: boolean
  channel?: ChannelName
}

const events: readonly Event[] = (Object.keys(table) as EventName[]).map((name) => ({
  own: false,
  ...table[name],
  name,
  flag: flagOf(name),
}))

/** The flags of every response, in GitLab's order. */
export const sharedFlags: readonly FlagName[] = [
  ...events.filter((event) => !event.own).map(({ flag }) => flag),
  commentFlag.flag,
]

export const eventNames: readonly EventName[] = events.map(({ name }) => name)

const bits = new Map<string, number>([...events, commentFlag].map(({ flag, bit }) => [flag, 1 << bit]))

export function flagOf(name: EventName): EventFlag {
  return `${name}_events`
}

export function channelOf<N extends Channelled>(name: N): ChannelName<N> {
  return table[name].channel
}

/** The parameter that routes an event to a channel of its own, where a service has it. */
export function findChannel(name: EventName): ChannelName | undefined {
  return events.find((event) => event.name === name)?.channel
}

/** The event that a client asks for: its name, or its flag's full name. */
export function findEvent(word: string): EventName | undefined {
  return events.find(({ name, flag }) => word === name || word === flag)?.name
}

export function isOn(flags: number, flag: FlagName): boolean {
  return (flags & bitOf(flag)) !== 0
}

export function withFlag(flags: number, flag: FlagName, on: boolean): number {
  return on ? flags | bitOf(flag) : flags & ~bitOf(flag)
}

/** The flags that only services with the event return, after `inherited`. */
export function ownFlags(names: readonly EventName[]): FlagName[] {
  return events.filter(({ own, name }) => own && names.includes(name)).map(({ flag }) => flag)
}

/** The flags of a new row, but for those that the service starts switched off. */
export function initialFlags(defaultOff: readonly FlagName[]): number {
  const on = [...events, commentFlag].reduce((flags, event) => withFlag(flags, event.flag, event.on), 0)
  return defaultOff.reduce((flags, flag) => withFlag(flags, flag, false), on)
}

function bitOf(flag: FlagName): number {
  return bits.get(flag) ?? 0
}
