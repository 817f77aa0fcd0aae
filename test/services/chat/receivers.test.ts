import type { ApiMethods } from '@grammyjs/types/methods.js'
import type { MessageAttachment as MattermostAttachment } from '@mattermost/types/message_attachments'
import type { MessageAttachment as SlackAttachment } from '@slack/types'
import type { RESTPostAPIWebhookWithTokenJSONBody } from 'discord-api-types/v10'
import { describe, expect, test } from 'vitest'
import { type Occurrence, toOccurrence } from '../../../src/schema/payload.ts'
import * as dialects from '../../../src/services/chat/dialects.ts'
import { type Message, messageOf } from '../../../src/services/chat/message.ts'
import { payloadOf } from '../../../src/services/chat/slack.ts'
import { bodyOf as discordBody } from '../../../src/services/discord.ts'
import { services } from '../../../src/services/registry.ts'
import { bodyOf as telegramBody } from '../../../src/services/telegram.ts'
import { contextFor, deliver, type Payload, type Responder, responseOf } from '../../support/delivery.ts'
import recorded from '../vectors/events.json'

/** Messages in the receivers' own types: if one does not fit, this file does not compile. */
describe("the receivers' own types", () => {
  const { occurrence, message } = example('pipeline-failed')

  test("the receivers' own types take what Slack gets", () => {
    // Slack takes numbers for these; its types know text alone.
    type Attachment = Omit<SlackAttachment, 'ts' | 'footer_icon' | 'fields'> & {
      ts?: number
      footer_icon?: string | null
      fields?: { title: string; value: string | number; short: boolean }[]
    }
    const attachments: Attachment[] = payloadOf(message, dialects.slack, 100).attachments
    expect(attachments[0]?.color).toBe('danger')
  })

  test("the receivers' own types take what Mattermost gets", () => {
    type Attachment = Omit<MattermostAttachment, 'footer_icon'> & { footer_icon?: string | null }
    const attachments: Attachment[] = payloadOf(message, dialects.mattermost, 100).attachments
    expect(attachments[0]?.fields?.[0]?.title).toBe('Branch')
  })

  test("the receivers' own types take what Discord gets", () => {
    const body: RESTPostAPIWebhookWithTokenJSONBody = discordBody(message, occurrence, new Date(0))
    expect(body.allowed_mentions).toEqual({ parse: [] })
  })

  test("the receivers' own types take what Telegram gets", () => {
    const body: Parameters<ApiMethods<unknown>['sendMessage']>[0] = telegramBody(message.summary, '@rocket', '7')
    expect(body.message_thread_id).toBe(7)
  })
})

describe.each<[string, Responder, string | undefined]>([
  ['slack', () => responseOf(200, 'ok'), 'confirmed'],
  ['slack', () => responseOf(200, '{"success":true}'), 'accepted'],
  ['slack', () => responseOf(400, 'invalid_payload'), 'fix'],
  ['slack', () => responseOf(404, 'no_service'), 'dead'],
  ['microsoft-teams', () => responseOf(202), 'accepted'],
  ['microsoft-teams', () => responseOf(200, 'Webhook message delivery failed: returned HTTP error 429'), 'wait'],
  ['microsoft-teams', () => responseOf(200, 'Webhook message delivery failed: returned HTTP error 403'), 'fix'],
  ['hangouts-chat', () => responseOf(200, '{"name":"spaces/AAA/messages/1"}'), 'confirmed'],
  ['discord', () => responseOf(204), 'confirmed'],
  ['discord', () => responseOf(429, { retry_after: 1.5 }), 'wait'],
  ['discord', () => responseOf(429, 'error code: 1015'), 'blocked'],
  ['discord', () => responseOf(429, '<html>'), 'blocked'],
  ['discord', () => responseOf(404, { code: 10015 }), 'dead'],
  ['telegram', () => responseOf(200, { ok: true }), 'confirmed'],
  ['telegram', () => responseOf(429, { ok: false, parameters: { retry_after: 3 } }), 'wait'],
  ['telegram', () => responseOf(403, { ok: false, description: 'bot was kicked' }), 'dead'],
  ['matrix', () => responseOf(200, { event_id: '$1' }), 'confirmed'],
  ['matrix', () => responseOf(429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 2000 }), 'wait'],
  ['matrix', () => responseOf(403, { errcode: 'M_FORBIDDEN' }), 'dead'],
])('%s', (slug, respond, verdict) => {
  test(`judges ${describeResponse(respond)} as ${verdict}`, () => {
    expect(run(slug, respond).verdicts).toEqual([verdict])
  })
})

test('a wait that a body asks for is known in seconds', () => {
  const waits = (slug: string, body: object) => run(slug, () => responseOf(429, body)).waits
  expect(waits('discord', { retry_after: 1.5 })).toEqual([1.5])
  expect(waits('telegram', { parameters: { retry_after: 3 } })).toEqual([3])
  expect(waits('matrix', { retry_after_ms: 2000 })).toEqual([2])
})

test('Telegram is told again where a group has moved to', () => {
  const bodies: string[] = []
  run('telegram', (step) => {
    bodies.push('body' in step ? (step.body ?? '') : '')
    return bodies.length > 1
      ? responseOf(200, { ok: true })
      : responseOf(400, { ok: false, parameters: { migrate_to_chat_id: -1001 } })
  })
  expect(bodies.map((body) => (JSON.parse(body) as { chat_id: unknown }).chat_id)).toEqual(['room', -1001])
})

test('Google Chat and Matrix may get a request twice, other chats may not', () => {
  const repeatable = chats().filter(({ steps }) => steps.every((step) => step.repeatable || step.method === 'PUT'))
  expect(repeatable.map(({ slug }) => slug)).toEqual(['hangouts-chat', 'matrix'])
})

function chats() {
  return services
    .filter(({ deliver }) => deliver.wiki_page)
    .map(({ slug }) => ({ slug, steps: run(slug, () => responseOf(200, 'ok')).steps }))
}

function run(slug: string, respond: Responder) {
  const service = services.find((known) => known.slug === slug)
  if (!service) throw new Error(`there is no service ${slug}`)
  const params = {
    webhook: 'https://chat.example.com/hook',
    token: 'token',
    room: 'room',
    branches_to_be_notified: 'all',
  }
  const event: Payload = { ...recorded.shared, ...recorded.events['issue-open'] }
  const { steps, judgements } = deliver(service, event, { params }, respond)
  return {
    steps: steps.filter((step) => 'method' in step),
    verdicts: judgements.map(({ verdict }) => verdict),
    waits: judgements.map(({ retryAfter }) => retryAfter),
  }
}

function describeResponse(respond: Responder): string {
  const { status, text } = respond({ method: 'POST', url: '' })
  return `${status} ${text}`.trim()
}

function example(name: keyof typeof recorded.events): { occurrence: Occurrence; message: Message } {
  const occurrence = toOccurrence({ ...recorded.shared, ...recorded.events[name] }, '')
  const message = occurrence && messageOf(occurrence, contextFor(occurrence))
  if (!message || typeof message === 'string') throw new Error('the event is announced nowhere')
  return { occurrence, message }
}
