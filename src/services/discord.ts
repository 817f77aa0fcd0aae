import { type Channelled, channelOf } from '../schema/events.ts'
import { link, secret } from '../schema/field.ts'
import { defineService } from '../schema/service.ts'
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
  params: {
    webhook: secret(webhook('Webhook URL of a channel')),
    ...pipelineNotifications,
    ...Object.fromEntries(channelled.map((name) => [channelOf(name), channelWebhook(name)])),
  },
  events: [...chatEvents, ...workItemEvents, 'deployment'],
})

function webhook(description: string) {
  return link(description, ['https'])
    .refine((address) => AT_DISCORD.test(address), 'URL must point to discord.com')
    .meta({ pattern: '^https://((ptb|canary)\\.)?(discord|discordapp)\\.com/', examples: [EXAMPLE] })
}

function channelWebhook(name: Channelled) {
  const events = name.replaceAll('_', ' ')
  if (UNUSED.includes(name)) {
    const field = secret(webhook(`Not used: the service has no ${events} events`))
    return field.meta({ ...field.meta(), deprecated: true }).optional()
  }
  return secret(webhook(`Webhook URL of another channel for ${events} events`)).optional()
}
