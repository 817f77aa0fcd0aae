import { constructFromEvents, FAILSAFE_SCHEMA, nullCoreTag, parseEvents } from 'js-yaml'
import type { Exported } from './export.ts'

/** What a parser comes across, two or three a line: more than any plan has. */
const MAX_EVENTS = 20_000
const MAX_ALIASES = 100
/** Names and values are text, but for null. */
const SCHEMA = FAILSAFE_SCHEMA.withTags([nullCoreTag])

/**
 * Reads YAML as a form is read: all that is not null is text, so that no token loses its leading zeros. Tags, and names
 * that are there twice, are refused. What aliases name is in the answer once, however often they name it.
 * @throws where it cannot be read
 */
export function fromYaml(text: string): unknown {
  const events = parseEvents(text, {})
  if (events.length > MAX_EVENTS) throw new Error('too long')
  const documents = constructFromEvents(events, { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES })
  if (documents.length > 1) throw new Error('more than one document')
  return documents[0]
}

/** Settings as a file that applies and changes nothing, with a word on what it does not show. JSON's values are YAML's. */
export function toYaml(exported: readonly Exported[]): string {
  if (exported.length === 0) return 'services: {}\n'
  const lines = exported.flatMap(({ slug, parameters, secrets }) => [
    `  ${slug}:`,
    ...(secrets.length > 0 ? [`    # set, and kept where not sent: ${secrets.join(', ')}`] : []),
    ...Object.entries(parameters).map(([name, value]) => `    ${name}: ${JSON.stringify(value)}`),
  ])
  return ['services:', ...lines, ''].join('\n')
}
