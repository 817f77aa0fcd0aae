/**
 * Text with links and emphasis, apart from any receiver's markup. What users wrote stays marked as such until a
 * dialect renders it, so that no receiver takes a title, a branch or a comment for markup, a mention or a link.
 */
export type Rich = readonly Part[]

type Part =
  | { literal: string }
  | { line: string }
  | { block: string }
  | { emphasis: Rich }
  | { label: Rich; url: string }

/** Text syntax of a receiver. */
export interface Dialect {
  /** Makes the text of users harmless. */
  neutral(text: string): string
  emphasis(text: string): string
  link(label: string, url: string): string
}

const LINE_LENGTH = 255
const URL_LENGTH = 2048

/** Builds rich text: what stands in the template is ours, text that goes into it is a line of a user. */
export function rich(literals: TemplateStringsArray, ...values: readonly (string | number | Rich)[]): Rich {
  return literals.flatMap((literal, at) => {
    const value = values[at]
    return [...(literal ? [{ literal }] : []), ...(value === undefined ? [] : toRich(value))]
  })
}

function toRich(value: string | number | Rich): Rich {
  if (typeof value === 'number') return [{ literal: String(value) }]
  return typeof value === 'string' ? [{ line: toLine(value) }] : value
}

/** One line of a user's text with all its characters, where nothing is linked: only dialects make it harmless. */
export function verbatim(text: string): Rich {
  return [{ line: oneLine(text.slice(0, 4 * LINE_LENGTH)) }]
}

/** Text of a user with its line breaks: a description, a comment. */
export function block(text: string): Rich {
  return text.trim() === '' ? [] : [{ block: text }]
}

export function emphasis(text: Rich): Rich {
  return [{ emphasis: text }]
}

/** A link; only its label if the address is none, or too long for any receiver. */
export function link(label: string | Rich, url: string): Rich {
  const safe = toSafeUrl(url)
  const text = toRich(label)
  return safe === undefined ? text : [{ label: text, url: safe }]
}

export function join(parts: readonly Rich[], separator: string): Rich {
  return parts.flatMap((part, at) => (at === 0 ? part : [{ literal: separator }, ...part]))
}

/** One line of a user's text. GitLab drops these brackets too: with them, a title makes links in most receivers. */
export function toLine(text: string): string {
  // Cut before it is searched: a title may be megabytes long.
  return oneLine(text.slice(0, 4 * LINE_LENGTH).replace(/[<>[\]|]/g, ''))
}

function oneLine(text: string): string {
  return cut(stripControls(text.replace(/\s+/g, ' ')).trim(), LINE_LENGTH)
}

/** An http(s) address without the characters by which any markup ends one; undefined if it cannot be one. */
export function toSafeUrl(text: string): string | undefined {
  const url = text.length > URL_LENGTH ? null : URL.parse(text)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return undefined
  const safe = url.href.replace(/[|()[\]<>*@`\\]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase()
    return `%${code.padStart(2, '0')}`
  })
  // `href` ends a bare origin with a slash; the address of the sender does not.
  return (text.endsWith('/') ? safe : safe.replace(/\/$/, '')).slice(0, URL_LENGTH)
}

/** A path below an address, each segment encoded. */
export function below(base: string, ...path: readonly string[]): string {
  // Longer ones make no link: they are cut before they are encoded.
  const parts = path.map((part) => part.slice(0, URL_LENGTH + 1).toWellFormed())
  const segments = parts.flatMap((part) => part.split('/').map(encodeURIComponent))
  return `${base}/${segments.join('/')}`
}

export function render(text: Rich, dialect: Dialect): string {
  return text.map((part) => renderPart(part, dialect)).join('')
}

function renderPart(part: Part, dialect: Dialect): string {
  if ('literal' in part) return part.literal
  if ('line' in part) return dialect.neutral(part.line)
  if ('block' in part) return dialect.neutral(stripControls(part.block.replace(/\r\n?/g, '\n')))
  if ('emphasis' in part) return dialect.emphasis(render(part.emphasis, dialect))
  return dialect.link(render(part.label, dialect), part.url)
}

/** Renders as much as a receiver takes: whole links or none. `measure` is the length in the receiver's units. */
export function renderWithin(text: Rich, dialect: Dialect, limit: number, measure = characters): string {
  const whole = render(shorten(text, limit), dialect)
  if (measure(whole) <= limit) return whole
  const parts: string[] = []
  let left = limit - measure('…')
  for (const part of text) {
    const room = 'block' in part ? longestBlock(part.block, dialect, left, measure) : renderPart(part, dialect)
    if (measure(room) > left) break
    parts.push(room)
    left -= measure(room)
    if ('block' in part) break
  }
  return `${parts.join('').trimEnd()}…`
}

/** Cuts blocks that cannot fit however they are rendered, so that no time goes into rendering megabytes. */
function shorten(text: Rich, limit: number): Rich {
  return text.map((part) =>
    'block' in part && part.block.length > limit ? { block: part.block.slice(0, limit + 1) } : part,
  )
}

function longestBlock(text: string, dialect: Dialect, limit: number, measure: (text: string) => number): string {
  const renderOf = (length: number) => renderPart({ block: text.slice(0, length).toWellFormed() }, dialect)
  let low = 0
  let high = Math.min(text.length, Math.max(limit, 0))
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (measure(renderOf(middle)) <= limit) low = middle
    else high = middle - 1
  }
  return renderOf(low)
}

function characters(text: string): number {
  return text.length
}

const encoder = new TextEncoder()

export function bytes(text: string): number {
  return encoder.encode(text).length
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Also takes out what changes the direction of text: it can make a line read as another one. */
function stripControls(text: string): string {
  return text.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, (character) => (character === '\n' ? '\n' : ''))
}
