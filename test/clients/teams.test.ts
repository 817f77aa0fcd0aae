import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { Window } from 'happy-dom'
import markdown from 'markdown-it'
import type { Kind } from '../../src/schema/payload.ts'
import { microsoftTeams } from '../../src/services/microsoft-teams.ts'
import { deliver, type Payload } from '../support/delivery.ts'

// The renderer reads its page when it is loaded.
const window = new Window()
const { document, HTMLElement, Node } = window
Object.assign(globalThis, { window, document, HTMLElement, Node })
// Its modules leave out the extensions that Node wants; this is the same code in one file.
const require = createRequire(import.meta.url)
const { AdaptiveCard, SerializationContext } =
  require('adaptivecards/dist/adaptivecards.js') as typeof import('adaptivecards')

interface Recorded {
  shared: Payload
  events: Readonly<Record<string, Payload>>
}

const { shared, events } = JSON.parse(
  readFileSync(new URL('../services/vectors/events.json', import.meta.url), 'utf8'),
) as Recorded

const PARAMS = {
  webhook: 'https://teams.example.com/hook',
  branches_to_be_notified: 'all',
  notify_only_broken_pipelines: false,
}
const HOSTILE = '<at>all</at> [x](http://evil) {{DATE(2026-01-01T00:00:00Z)}} "\\\n# '.repeat(2000)

describe("Microsoft's renderer of Adaptive Cards", () => {
  const announced = Object.entries(events).filter(([, { object_kind: kind }]) => microsoftTeams.deliver[kind as Kind])

  for (const [name, event] of announced) {
    it(`shows ${name} without a warning, and without the links of users`, () => {
      for (const changed of [event, withText(event, HOSTILE)]) {
        for (const card of cardsOf({ ...shared, ...changed })) assert.deepEqual(problemsOf(card), [])
      }
    })
  }

  it('is given a card of each kind', () => {
    const shown = announced.filter(([, event]) => cardsOf({ ...shared, ...event }).length > 0)
    const kinds = new Set(shown.map(([, { object_kind: kind }]) => kind))
    assert.deepEqual([...kinds].sort(), Object.keys(microsoftTeams.deliver).sort())
  })
})

function cardsOf(event: Payload): object[] {
  const { steps } = deliver(microsoftTeams, event, { params: PARAMS, flags: { work_item_events: true } })
  return steps.flatMap((step) => {
    const { attachments } = JSON.parse('body' in step ? (step.body ?? '') : '') as {
      attachments: { content: object }[]
    }
    return attachments.map(({ content }) => content)
  })
}

function problemsOf(content: object): string[] {
  const context = new SerializationContext()
  const card = new AdaptiveCard()
  card.parse(content, context)
  AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown().render(text)
    result.didProcess = true
  }
  const rendered = card.render()
  const links = [...(rendered?.querySelectorAll('a') ?? [])].map(({ href }) => href)
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message)
  const failures = card.validateProperties().validationEvents.map(({ message }) => message)
  return [
    ...events,
    ...failures,
    ...links.filter((href) => href.startsWith('http://evil')),
    ...(rendered?.textContent ? [] : ['nothing was rendered']),
  ]
}

function withText<T>(value: T, text: string): T {
  if (typeof value === 'string') return text as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, part]) => [name, isStructure(name) ? part : withText(part, text)])
  return (Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries)) as T
}

function isStructure(name: string): boolean {
  return ['object_kind', 'event_type', 'action', 'status', 'noteable_type', 'type'].includes(name)
}
