import type { DeliveryContext } from '../../schema/context.ts'
import type { Occurrence } from '../../schema/payload.ts'
import { form, type Judgement, type StepResponse } from '../../schema/step.ts'
import { type Channels, channelFor, splitChannels } from './channels.ts'
import type { Attachment, Color, Message } from './message.ts'
import { type Dialect, renderWithin, toLine, toSafeUrl } from './rich.ts'

interface Params extends Channels {
  webhook: string
  username: string | null
  channel: string | null
}

const COLORS: Readonly<Record<Color, string>> = {
  neutral: '#334455',
  issue: '#C95823',
  good: 'good',
  warning: 'warning',
  danger: 'danger',
}

const MAX_FIELD = 2000

/** Slack and Mattermost: one post for each channel. `limit` is what an attachment's text may have at most. */
export function slackLike(dialect: Dialect, limit: number) {
  return function* (message: Message, params: Params, _: DeliveryContext, occurrence: Occurrence) {
    const { webhook, username } = params
    const text = payloadOf(message, dialect, limit)
    const channels = splitChannels(channelFor(params, occurrence) ?? params.channel ?? '')
    for (const channel of channels.length > 0 ? channels : [undefined]) {
      const payload = { ...text, ...(channel && { channel }), ...(username && { username }) }
      yield form(webhook, { payload: JSON.stringify(payload) }, { judge })
    }
  }
}

export function payloadOf(message: Message, dialect: Dialect, limit: number) {
  return {
    text: renderWithin(message.pretext, dialect, limit),
    attachments: message.attachment ? [attachmentOf(message, message.attachment, dialect, limit)] : [],
    fallback: renderWithin(message.summary, dialect, limit),
  }
}

function attachmentOf(message: Message, { title, text, fields, footer }: Attachment, dialect: Dialect, limit: number) {
  const avatar = toSafeUrl(message.author.avatar)
  const link = toSafeUrl(title?.url ?? '')
  const profile = toSafeUrl(footer?.profile ?? '')
  const neutral = (line: string) => dialect.neutral(toLine(line))
  return {
    ...(footer && {
      fallback: renderWithin(message.summary, dialect, limit),
      author_name: neutral(message.author.text),
      ...(avatar && { author_icon: avatar }),
      ...(profile && { author_link: profile }),
    }),
    ...(title && { title: neutral(title.text), ...(link && { title_link: link }) }),
    ...(text && { text: renderWithin(text, dialect, limit) }),
    color: COLORS[message.color],
    ...(fields && {
      fields: fields.map(({ title: heading, value }) => ({
        title: heading,
        value: typeof value === 'number' ? value : renderWithin(value, dialect, MAX_FIELD),
        short: true,
      })),
    }),
    ...(footer && {
      footer: neutral(footer.text),
      footer_icon: toSafeUrl(footer.icon) ?? null,
      ...(footer.at && { ts: Math.floor(footer.at.getTime() / 1000) }),
    }),
  }
}

/** Slack and Mattermost say `ok`; servers that only resemble them say something else. */
function judge({ status, text }: StepResponse): Judgement | undefined {
  return status === 200 && text.trim() === 'ok' ? { verdict: 'confirmed' } : undefined
}
