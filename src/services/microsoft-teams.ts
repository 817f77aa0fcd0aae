import type { DeliveryContext } from '../schema/context.ts'
import { defaultBranchOnly, link, secret } from '../schema/field.ts'
import { defineService, type Value } from '../schema/service.ts'
import { type Judgement, json, type StepResponse } from '../schema/step.ts'
import { chat } from './chat/chat.ts'
import * as dialects from './chat/dialects.ts'
import type { Message } from './chat/message.ts'
import { bytes, type Rich, render, renderWithin, toLine, toSafeUrl } from './chat/rich.ts'
import { chatEvents, pipelineNotifications, workItemEvents } from './groups.ts'

const RETIRED = 'leads to an Office 365 connector, which Microsoft has retired: create a workflow in Teams instead'

export const microsoftTeams = defineService({
  slug: 'microsoft-teams',
  kind: 'chat',
  title: 'Microsoft Teams Notification',
  description: 'Posts project events to a Microsoft Teams channel.',
  params: () => ({
    webhook: secret(link('Incoming webhook URL of the channel, e.g. https://outlook.office.com/webhook/…')),
    notify_only_default_branch: defaultBranchOnly(),
    ...pipelineNotifications,
  }),
  notes: ({ webhook }) => (isConnector(webhook) ? { webhook: RETIRED } : {}),
  events: [...chatEvents, ...workItemEvents],
  deliver: chat(post),
})

/** Microsoft documents 28 KB, without saying if a KB is 1,000 or 1,024 bytes. */
const MAX_BYTES = 28_000

function post(message: Message, { webhook }: { webhook: string }, { projectFullName }: DeliveryContext) {
  const heading = headingOf(message, projectFullName)
  const left = MAX_BYTES - bytes(JSON.stringify(cardOf([...heading, textBlock('')])))
  const text = renderWithin(message.body, dialects.card, left, (part) => bytes(JSON.stringify(part)))
  return [json(webhook, cardOf(message.body.length > 0 ? [...heading, textBlock(text)] : heading), { judge })]
}

/** Declares no entities: without them, nothing in a text is a mention. */
function cardOf(body: readonly object[]) {
  const content = { type: 'AdaptiveCard', msteams: { width: 'Full' }, version: '1.0', body }
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] }
}

/** Teams drops a card whose image has no address. */
function headingOf({ card, author }: Message, projectFullName: string) {
  const avatar = toSafeUrl(author.avatar)
  const image = { type: 'Image', url: avatar, size: 'medium' }
  const lines = [
    lineOf(card.title, { weight: 'bolder' }),
    lineOf(card.subtitle, { isSubtle: true }),
    lineOf(card.text, {}),
  ]
  const column = { type: 'Column', width: 'stretch', items: lines.flat() }
  const columns = avatar ? [{ type: 'Column', width: 'auto', items: [image] }, column] : [column]
  const name = dialects.card.neutral(toLine(projectFullName))
  return [
    { type: 'TextBlock', text: name, weight: 'bolder', size: 'medium' },
    { type: 'ColumnSet', columns },
  ]
}

function lineOf(text: Rich, look: object) {
  return text.length > 0 ? [{ type: 'TextBlock', text: render(text, dialects.card), ...look, wrap: true }] : []
}

function textBlock(text: string) {
  return { type: 'TextBlock', text, wrap: true }
}

/** The old connectors responded 200 after failures too, with the real status in the text. */
function judge({ text }: StepResponse): Judgement | undefined {
  const status = /returned HTTP error (\d+)/.exec(text)?.[1]
  if (status === undefined) return undefined
  return { verdict: status === '429' || status.startsWith('5') ? 'wait' : 'fix', reason: `Teams reported ${status}` }
}

function isConnector(address: Value | undefined): boolean {
  return typeof address === 'string' && /^https?:\/\/[^/?#]+\.webhook\.office\.com([:/?#]|$)/i.test(address)
}
