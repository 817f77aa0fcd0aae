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

export const discord = defineService({
  slug: 'discord',
  title: 'Discord Notifications',
  description: 'Announces project events in Discord.',
  params: {
    webhook: secret(
      link('Webhook of a channel, e.g. https://discord.com/api/webhooks/…', ['https'])
        .refine(isDiscord, 'URL must point to discord.com')
        .meta({ pattern: '^https://discord\\.com/' }),
    ),
    ...pipelineNotifications,
    ...Object.fromEntries(channelled.map((name) => [channelOf(name), channelWebhook(name)])),
  },
  events: [...chatEvents, ...workItemEvents, 'deployment'],
})

function channelWebhook(name: Channelled) {
  return secret(link(`Webhook for ${name.replaceAll('_', ' ')} events, where they go to another channel`)).optional()
}

function isDiscord(address: string): boolean {
  return /^https:\/\/discord\.com\//i.test(address)
}
