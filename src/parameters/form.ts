import { unreadable } from './fields.ts'

/**
 * Reads `name=value&…`, the text of a form. A segment without `=` is refused: JSON that is sent as a form has that shape.
 * @throws UnreadableError
 */
export function parseForm(text: string): Iterable<[string, string]> {
  const isPair = (segment: string) => segment === '' || segment.includes('=')
  if (!text.split('&').every(isPair)) throw unreadable('form')
  return parseUrlEncoded(text, 'form')
}

/** @throws UnreadableError */
export function parseQuery(text: string): Iterable<[string, string]> {
  return parseUrlEncoded(text, 'query')
}

/** `URLSearchParams` puts U+FFFD where bytes do not decode; `decodeURIComponent` refuses them. */
function parseUrlEncoded(text: string, format: string): Iterable<[string, string]> {
  try {
    decodeURIComponent(text)
  } catch {
    throw unreadable(format)
  }
  return new URLSearchParams(text)
}
