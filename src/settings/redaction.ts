import type { AddressKind } from '../schema/field.ts'
import type { Value } from '../schema/service.ts'

const MAX_LENGTH = 1024
const BLANK = '***'

/**
 * Returns a value as plans and audit entries show it: without the credentials that may hide in it, and cut to a bounded
 * length (docs/rules.md#audit). A list that is too long is cut as its JSON. Takes linear time: texts have up to 64 KiB.
 */
export function redacted(value: Value, address?: AddressKind): Value {
  if (typeof value === 'string') return shortened(withoutCredentials(value, address), value.length)
  if (typeof value !== 'object' || value === null) return value
  const entries = value.map((entry) => withoutCredentials(entry, address))
  const text = JSON.stringify(entries)
  return text.length > MAX_LENGTH ? shortened(text, text.length) : entries
}

function shortened(text: string, length: number): string {
  if (text.length <= MAX_LENGTH) return text
  return `${text.slice(0, MAX_LENGTH)}… (${length} characters)`.toWellFormed()
}

/** Works on one word at a time: no URL contains white space. */
function withoutCredentials(text: string, address: AddressKind | undefined): string {
  return text.replaceAll(/\S+/g, (word) => {
    if (/[\\/]{2}|^[a-z][a-z\d+.-]*:/i.test(word)) return urlWithoutCredentials(word)
    return withoutUserInfo(address === 'channels' ? blankFrom(word, /[?&;]/) : withoutValue(word))
  })
}

/** Blanks query, fragment, parameters of the path, and user info: the path of one URL may contain another. */
function urlWithoutCredentials(word: string): string {
  const [first = '', ...rest] = blankFrom(word, /[?#;=&]/).split('/')
  // An authority follows two slashes, so the segment before it is empty, or the scheme.
  let isBehindEmpty = first.endsWith(':')
  const shown = rest.map((segment) => {
    const isAuthority = isBehindEmpty
    isBehindEmpty = segment === ''
    return isAuthority || /[:\\]/.test(segment) ? blankUserInfo(segment) : segment
  })
  return [withoutUserInfo(first), ...shown].join('/')
}

/** URL parsers find user info without slashes too, as in `https:user:password@example.com`. */
function withoutUserInfo(word: string): string {
  const [scheme = ''] = /^[a-z][a-z\d+.-]*:/i.exec(word) ?? []
  return scheme === '' && !word.includes('\\') ? word : scheme + blankUserInfo(word.slice(scheme.length))
}

/** Blanks what stands before the last `@`. Some URL parsers take a backslash for a slash, others for part of a user's name. */
function blankUserInfo(segment: string): string {
  const at = segment.lastIndexOf('@')
  const [slashes = ''] = /^\\*/.exec(segment) ?? []
  return at <= slashes.length ? segment : slashes + BLANK + segment.slice(at)
}

/** Blanks the value of a parameter, as in `#channel?key=…`. */
function withoutValue(word: string): string {
  return word.replace(/([?&;#][\w.%-]{1,64}=).+/, `$1${BLANK}`)
}

/** Blanks what follows the first match of a single character. */
function blankFrom(word: string, character: RegExp): string {
  const at = word.search(character)
  return at < 0 || at === word.length - 1 ? word : word.slice(0, at + 1) + BLANK
}
