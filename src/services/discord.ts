import type { DeliveryContext } from '../schema/context.ts'
import { type Channelled, type ChannelName, channelOf } from '../schema/events.ts'
import { link, rule, secret } from '../schema/field.ts'
import type { Occurrence } from '../schema/payload.ts'
import { defineService } from '../schema/service.ts'
import { type Judgement, json, jsonAt, type StepResponse } from '../schema/step.ts'
import { type Channels, channelFor } from './chat/channels.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Color, Message } from './chat/message.ts'
import { renderWithin, rich, toLine, toSafeUrl } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

const channelled: readonly Channelled[] = [
  'push',
  'issues',
  'incident',
  'alert',
  'confidential_issues',
  'merge_requests',
  'note',
  'confidential_note',
  'tag_push',
  'deployment',
  'pipeline',
  'wiki_page',
  'vulnerability',
]

/** Channels that GitLab takes for events which it never sends to Discord. */
const UNUSED: readonly Channelled[] = ['incident', 'alert', 'vulnerability']

const EXAMPLE = 'https://discord.com/api/webhooks/example'
const AT_DISCORD = /^https:\/\/((ptb|canary)\.)?(discord|discordapp)\.com\//i

export const discord = defineService({
  slug: 'discord',
  kind: 'chat',
  title: 'Discord Notifications',
  description: 'Posts project events to Discord.',
  params: () => ({
    webhook: secret(webhook('Webhook URL of a channel')),
    ...pipelineNotifications,
    ...channelWebhooks(),
  }),
  events: [...chatEvents, ...workItemEvents, 'deployment'],
  deliver: chat(post, 'deployment'),
})

function webhook(description: string) {
  const field = rule(
    link(description, ['https']),
    (address) => AT_DISCORD.test(address),
    'URL must point to discord.com',
  )
  return field.meta({ pattern: '^https://((ptb|canary)\\.)?(discord|discordapp)\\.com/', examples: [EXAMPLE] })
}

function channelWebhooks() {
  const entries = channelled.map((name) => [channelOf(name), channelWebhook(name)] as const)
  return Object.fromEntries(entries) as { [C in ChannelName]: ReturnType<typeof channelWebhook> }
}

function channelWebhook(name: Channelled) {
  const events = name.replaceAll('_', ' ')
  if (UNUSED.includes(name)) {
    const field = secret(webhook(`Not used: the service has no ${events} events`))
    return field.meta({ ...field.meta(), deprecated: true }).optional()
  }
  return secret(webhook(`Webhook URL of another channel for ${events} events`)).optional()
}

/** Discord refuses more. */
const MAX_DESCRIPTION = 4096

const COLORS: Readonly<Record<Color, number>> = {
  neutral: 0x334455,
  issue: 0xc95823,
  good: 0x0d532a,
  warning: 0x703800,
  danger: 0x8d1300,
}
/** GitLab shows its own color for kinds without one. */
const GITLAB_COLOR = 0xfc6d26

/** A channel is another webhook. */
function post(
  message: Message,
  params: { webhook: string } & Channels,
  { acceptedAt }: DeliveryContext,
  occurrence: Occurrence,
) {
  const url = channelFor(params, occurrence) ?? params.webhook
  return [json(url, bodyOf(message, occurrence, acceptedAt), { judge })]
}

/** Mentions do nothing in an embed, and are switched off besides. */
export function bodyOf({ author, pretext, body, color }: Message, occurrence: Occurrence, acceptedAt: Date) {
  const avatar = toSafeUrl(author.avatar)
  const embed = {
    color: hasColor(occurrence) ? COLORS[color] : GITLAB_COLOR,
    timestamp: acceptedAt.toISOString(),
    author: { name: toLine(dialects.card.neutral(toLine(author.handle))), ...(avatar && { icon_url: avatar }) },
    description: renderWithin(rich`${pretext}\n${body}`, dialects.card, MAX_DESCRIPTION),
  }
  return { content: '', embeds: [embed], allowed_mentions: { parse: [] } }
}

function hasColor({ kind }: Occurrence): boolean {
  return !['merge_request', 'note', 'wiki_page', 'pipeline'].includes(kind)
}

/**
 * A refusal without a word on rates comes from the network before Discord: it blocks an address that all Workers
 * share, for an hour.
 */
function judge(response: StepResponse): Judgement | undefined {
  const { status, header } = response
  if (status === 200 || status === 204) return { verdict: 'confirmed' }
  if (status !== 429) return undefined
  const seconds = jsonAt(response, 'retry_after')
  const isRated = header('X-RateLimit-Scope') !== null || header('X-RateLimit-Limit') !== null
  if (typeof seconds === 'number') return { verdict: 'wait', retryAfter: seconds }
  return isRated ? { verdict: 'wait' } : { verdict: 'blocked' }
}
