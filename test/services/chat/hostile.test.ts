import { describe, expect, test } from 'vitest'
import { changeOf, type Occurrence, toOccurrence } from '../../../src/schema/payload.ts'
import { services } from '../../../src/services/registry.ts'
import { contextFor, paramsOf, runSteps } from '../../support/delivery.ts'
import { fullSet } from '../../support/samples.ts'
import recorded from '../vectors/events.json'

/** Texts that page somebody, or make a link of their own, in one receiver or another. */
const HOSTILE = [
  '<!channel> <!here|here> <!subteam^S1> <@U1> @everyone @here @all @room <users/all> <@all> <at>all</at>',
  '[x](http://evil) [1]: http://evil ![i](http://evil) <http://evil|x> <a href="http://evil">x</a>',
  'a|b> <!channel> ](http://evil) \\',
  'line\r\nbreak\u2028and <!channel>\n[x](http://evil)',
  'https://ok.example/a|b>c <!channel> @all) [x](http://evil)',
  'javascript:alert(1)//http://evil',
]

/** Fields that say what happened: with other words in them, nothing is announced. */
const STRUCTURE = ['object_kind', 'event_type', 'event_name', 'action', 'status', 'noteable_type', 'type']

const SLACK_LINK = /^<https?:\/\/[^|<>\s@]+\|[^<>|\n]*>$/
const MASKED_LINK = /\]\s*[([:]\s*<?http:\/\/evil/
const HTML = /^(?:[^<>]|<\/?em>|<br>|<a href="https?:\/\/[^"<>\s]+">|<\/a>)*$/
const MENTION = /@[a-z]/i

const hasOnlyLinks = (text: string) => (text.match(/<[^>]*>?/g) ?? []).every((part) => SLACK_LINK.test(part))

/** Mentions and links of each receiver, by its documentation. */
const READERS: Readonly<Record<string, (text: string) => boolean>> = {
  slack: hasOnlyLinks,
  mattermost: (text) => hasOnlyLinks(text) && !MENTION.test(text) && !MASKED_LINK.test(text),
  'hangouts-chat': hasOnlyLinks,
  pumble: (text) => hasOnlyLinks(text) && !MENTION.test(text),
  'microsoft-teams': (text) => !MASKED_LINK.test(text) && !/<[a-z/!@]/i.test(text),
  discord: (text) => !MASKED_LINK.test(text) && !/<[a-z/!@#:]/i.test(text),
  'webex-teams': (text) => !MASKED_LINK.test(text) && !/[<>]/.test(text),
  'unify-circuit': (text) => !MASKED_LINK.test(text) && !/[<>]/.test(text),
  telegram: (text) => !MASKED_LINK.test(text) && !MENTION.test(text) && !text.includes('\n'),
  matrix: (text) => !MASKED_LINK.test(text) && !MENTION.test(text) && !text.includes('\n') && HTML.test(text),
}

const chats = services.filter(({ slug }) => Object.hasOwn(READERS, slug))

const occurrences = Object.values(recorded.events)
  .map((event) => toOccurrence({ ...recorded.shared, ...event }, ''))
  .filter((occurrence) => occurrence !== undefined)
  .filter(({ kind }) => chats.some(({ deliver }) => deliver[kind]))

/** One event of each kind and of what happened. */
const announced = [
  ...new Map(
    occurrences.map((occurrence) => {
      const { kind, payload } = occurrence
      const change = kind === 'push' || kind === 'tag_push' ? changeOf(payload) : ''
      return [JSON.stringify([kind, change, structureOf(payload)]), occurrence]
    }),
  ).values(),
]

const isSound = (slug: string, text: string) => READERS[slug]?.(text) ?? false

test('a reader recognises what the other receivers take for harmless', () => {
  expect(isSound('slack', 'a <!channel> b')).toBe(false)
  expect(isSound('slack', '<https://ok.example/|x>')).toBe(true)
  expect(isSound('mattermost', 'a @all')).toBe(false)
  expect(isSound('microsoft-teams', '[x](http://evil)')).toBe(false)
  expect(isSound('webex-teams', '<@all>')).toBe(false)
  expect(isSound('matrix', '<script>')).toBe(false)
})

describe.each(chats.map((service) => [service.slug, service] as const))('%s', (slug, service) => {
  const params = paramsOf(service, {
    ...fullSet(service),
    branches_to_be_notified: 'all',
    notify_only_broken_pipelines: false,
    notify_only_when_pipeline_status_changes: false,
    labels_to_be_notified: null,
    room: 'room',
    username: null,
    channel: 'channel',
  })

  function bodiesOf(occurrence: Occurrence): string[] {
    const { steps } = runSteps(service, occurrence, params, contextFor(occurrence))
    return steps.map((step) => ('body' in step ? (step.body ?? '') : ''))
  }

  test.each(HOSTILE)('takes no field of any event for markup: %s', (hostile) => {
    const faulty = announced.flatMap((occurrence) =>
      pathsOf(occurrence.payload).flatMap((path) => {
        const texts = bodiesOf(withText(occurrence, ['payload', ...path], hostile)).flatMap(textsOf)
        return texts.filter((text) => !isSound(slug, text)).map((text) => `${path.join('.')}: ${text}`)
      }),
    )
    expect(faulty).toEqual([])
  })

  test('declares no mentions', () => {
    for (const body of announced.flatMap(bodiesOf)) {
      expect(body).not.toContain('"entities"')
      if (slug === 'discord') expect(JSON.parse(body)).toMatchObject({ content: '', allowed_mentions: { parse: [] } })
    }
  })

  test.each(['<!channel> [x](http://evil) 😀\n', '\\', '"', '&', '@'])(
    'stays within the limits of the receiver however often a text has %j',
    (text) => {
      const megabyte = text.repeat(2 ** 20 / text.length)
      for (const occurrence of announced) {
        const paths = pathsOf(occurrence.payload).map((path) => ['payload', ...path])
        const long = paths.reduce((changed, path) => withText(changed, path, megabyte), occurrence)
        for (const body of bodiesOf(long)) {
          expect(LIMITS[slug]?.(body)).toBe(true)
          expect(textsOf(body).filter((text) => !isSound(slug, text) || !text.isWellFormed())).toEqual([])
        }
      }
    },
  )
})

const bytes = (text: string) => new TextEncoder().encode(text).length
const read = (body: string) => JSON.parse(body) as { [name: string]: string }
const payloadOf = (body: string) => new URLSearchParams(body).get('payload') ?? ''

const LIMITS: Readonly<Record<string, (body: string) => boolean>> = {
  slack: (body) => payloadOf(body).length <= 40_000,
  mattermost: (body) => payloadOf(body).length <= 16_383,
  'hangouts-chat': (body) => bytes(read(body).text ?? '') <= 32_000,
  pumble: (body) => (read(body).text ?? '').length <= 10_000,
  'microsoft-teams': (body) => bytes(body) <= 28_000,
  discord: (body) => {
    const { embeds } = JSON.parse(body) as { embeds: [{ description: string; author: { name: string } }] }
    return embeds[0].description.length <= 4096 && embeds[0].author.name.length <= 256
  },
  'webex-teams': (body) => bytes(read(body).markdown ?? '') <= 7439,
  'unify-circuit': (body) => (read(body).text ?? '').length <= 10_000,
  telegram: (body) => (read(body).text ?? '').length <= 4096,
  matrix: (body) => bytes(body) <= 65_536,
}

type Path = readonly (string | number)[]

function structureOf(payload: Occurrence['payload']): unknown[] {
  const attributes = 'object_attributes' in payload ? payload.object_attributes : payload
  return Object.entries(attributes).filter(([name]) => STRUCTURE.includes(name))
}

/** The places of all texts in an event, but for those that say what happened. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .filter(([name]) => !STRUCTURE.includes(name))
    .flatMap(([name, part]) => pathsOf(part, [...path, name]))
}

function withText<T>(value: T, [name, ...rest]: Path, text: string): T {
  if (name === undefined) return (String(value).startsWith('refs/heads/') ? `refs/heads/${text}` : text) as T
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>
  copy[name] = withText(copy[name], rest, text)
  return copy as T
}

/** All texts of a request that a receiver shows: the addresses of its own fields are none. */
function textsOf(body: string): string[] {
  const form = new URLSearchParams(body).get('payload')
  return leavesOf(JSON.parse(form ?? body))
}

const ADDRESSES = [
  'url',
  'icon_url',
  'title_link',
  'author_icon',
  'author_link',
  'footer_icon',
  'channel',
  'contentType',
]

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, part]) => (ADDRESSES.includes(name) ? [] : leavesOf(part)))
}
