import { constructFromEvents, FAILSAFE_SCHEMA, mergeTag, nullCoreTag, parseEvents, YAMLException } from 'js-yaml'
import { isRecord } from '../schema/record.ts'
import { checkExtent, type Fields, unreadable } from './fields.ts'

/** Two or three a line: more than any plan has. */
const MAX_EVENTS = 20_000
const MAX_ALIASES = 100
/** Names and values are text, but for null; `<<` merges. */
const SCHEMA = FAILSAFE_SCHEMA.withTags([nullCoreTag, mergeTag])

/**
 * Reads YAML as a form is read: all that is not null is text, so that no token loses its leading zeros. Tags, and names
 * that are there twice, are refused. The result shares what aliases refer to, however often they do.
 * @throws UnreadableError with the line, and nothing of its text
 */
export function parseYaml(text: string): Fields {
  const document = parse(text)
  if (!isRecord(document)) throw unreadable('YAML')
  checkExtent(document)
  return document
}

function parse(text: string): unknown {
  try {
    const events = parseEvents(text, {})
    if (events.length > MAX_EVENTS) return undefined
    const documents = constructFromEvents(events, { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES })
    return documents.length === 1 ? documents[0] : undefined
  } catch (error) {
    throw unreadable('YAML', error instanceof YAMLException && error.mark ? error.mark.line + 1 : undefined)
  }
}
