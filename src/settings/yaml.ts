import { Document, isMap, Lexer, parseDocument, visit } from 'yaml'
import type { Exported } from './export.ts'

/** What a parser looks at, some five of them a line: more than any plan has, and few enough to be read at once. */
const MAX_TOKENS = 40_000
const MAX_ALIASES = 100

/**
 * Reads YAML as a form is read: all that is not null is text, so that no token loses its leading zeros. Tags, and names
 * that are there twice, are refused.
 * @throws where it cannot be read
 */
export function fromYaml(text: string): unknown {
  let tokens = 0
  for (const _ of new Lexer().lex(text)) if (++tokens > MAX_TOKENS) throw new Error('too long')
  const document = parseDocument(text, {
    schema: 'failsafe',
    customTags: ['null'],
    resolveKnownTags: false,
    // It compares each name with each other one; `hasTwins` does not.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  if (document.errors.length > 0 || document.warnings.length > 0 || hasTwins(document)) throw new Error('unreadable')
  return document.toJS({ maxAliasCount: MAX_ALIASES })
}

function hasTwins(document: ReturnType<typeof parseDocument>): boolean {
  let found = false
  visit(document, {
    Map: (_, { items }) => {
      found ||= new Set(items.map(({ key }) => String(key))).size < items.length
    },
  })
  return found
}

/** Settings as a file that applies and changes nothing, with a word on what it does not show. */
export function toYaml(exported: readonly Exported[]): string {
  const services = exported.map(({ slug, parameters }) => [slug, parameters])
  const document = new Document({ services: Object.fromEntries(services) })
  for (const { slug, secrets } of exported) {
    const node = document.getIn(['services', slug])
    if (isMap(node) && secrets.length > 0) node.commentBefore = ` set, and kept where not sent: ${secrets.join(', ')}`
  }
  return document.toString({ lineWidth: 0 })
}
