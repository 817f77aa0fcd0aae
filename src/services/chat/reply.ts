import type { CommandAttachment, CommandReply } from '../../schema/command.ts'
import { isRecord } from '../../schema/record.ts'
import { toSafeUrl } from './rich.ts'

/** Makes text harmless that is no link. */
type Neutral = (text: string) => string

const GAP = '\u200B'
const MAX_TEXT = 12_000
const MAX_LABEL = 255
const MAX_ITEMS = 20
const TEXTS = ['fallback', 'pretext', 'author_name', 'title', 'text', 'footer'] as const
const URLS = ['author_link', 'author_icon', 'title_link', 'image_url', 'thumb_url', 'footer_icon'] as const
const COLOR = /^(?:good|warning|danger|#[\da-f]{6})$/i

/** A link in the markup of Slack, or in Markdown. */
const LINK =
  /<(https?:\/\/[^<>|\s]{1,2048})(?:\|([^<>|]{1,255}))?>|\[([^[\]]{1,255})\]\((https?:\/\/[^()\s]{1,2048})\)/g
/** Characters that do not show, or that change the direction of text, so that it reads as another one. */
const HIDDEN = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu

const withoutMarkup: Neutral = (text) => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const slackReply = replyIn(withoutMarkup)
/** Mattermost reads Markdown too, and plain words after `@`. */
export const mattermostReply = replyIn((text) => withoutMarkup(text).replace(/[@\]]/g, `$&${GAP}`))

/**
 * Keeps of a tool's reply what a chat may show: text and attachments without buttons, links to the web, and no markup
 * that pages anybody, for the tool may repeat what a user typed. Undefined if nothing is left.
 */
function replyIn(neutral: Neutral) {
  return (body: unknown): CommandReply | undefined => {
    if (!isRecord(body)) return undefined
    const text = toText(body.text, neutral)
    const attachments = listOf(body.attachments).map((attachment) => toAttachment(attachment, neutral))
    if (!text && attachments.length === 0) return undefined
    return {
      response_type: body.response_type === 'in_channel' ? 'in_channel' : 'ephemeral',
      ...(text && { text }),
      ...(attachments.length > 0 && { attachments }),
    }
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS).filter(isRecord) : []
}

function toAttachment(sent: Record<string, unknown>, neutral: Neutral): CommandAttachment {
  const texts = TEXTS.flatMap((name) => {
    const text = toText(sent[name], neutral)
    return text ? [[name, text]] : []
  })
  const urls = URLS.flatMap((name) => {
    const url = typeof sent[name] === 'string' ? toSafeUrl(sent[name]) : undefined
    return url ? [[name, url]] : []
  })
  const { color, ts } = sent
  const fields = listOf(sent.fields).map(({ title, value, short }) => ({
    title: toText(title, neutral),
    value: toText(value, neutral),
    short: short === true,
  }))
  return {
    ...Object.fromEntries([...texts, ...urls]),
    ...(typeof color === 'string' && COLOR.test(color) && { color }),
    ...(typeof ts === 'number' && { ts }),
    ...(fields.length > 0 && { fields }),
  }
}

function toText(value: unknown, neutral: Neutral): string {
  if (typeof value !== 'string') return ''
  const plain = value
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(HIDDEN, (character) => (character === '\n' || character === '\t' ? character : ''))
  const parts: string[] = []
  let end = 0
  for (const match of plain.matchAll(LINK)) {
    const [whole, url = '', label, markdownLabel, markdownUrl] = match
    parts.push(neutral(plain.slice(end, match.index)), toLink(markdownUrl ?? url, markdownLabel ?? label, neutral))
    end = match.index + whole.length
  }
  return [...parts, neutral(plain.slice(end))].join('')
}

/** Only the label if the address is none. */
function toLink(address: string, label: string | undefined, neutral: Neutral): string {
  const url = toSafeUrl(address)
  const text = neutral((label ?? '').replaceAll('|', '').slice(0, MAX_LABEL))
  if (!url) return text
  return text ? `<${url}|${text}>` : `<${url}>`
}
