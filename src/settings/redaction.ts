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
    if (/[\\/]{2}/.test(word)) return urlWithoutCredentials(word)
    return withoutUserInfo(address === 'channels' ? blankFrom(word, /\?/) : withoutKey(word))
  })
}

/** Blanks query, fragment, and the user info of each authority: the path of one URL may contain another. */
function urlWithoutCredentials(word: string): string {
  const [scheme = '', ...rest] = blankFrom(word, /[?#]/).split(/([\\/])/)
  // Every other part is a separator. An authority follows two of them, so the part before it is empty, or the scheme.
  let isBehindEmpty = false
  const shown = rest.map((part, index) => {
    if (index % 2 === 0) return part
    const isAuthority = isBehindEmpty || (index === 1 && scheme.endsWith(':'))
    isBehindEmpty = part === ''
    return isAuthority ? part.replace(/^.*@/, `${BLANK}@`) : part
  })
  return [withoutUserInfo(scheme), ...shown].join('')
}

/** URL parsers find user info without slashes too, as in `https:user:password@example.com`. */
function withoutUserInfo(word: string): string {
  return word.replace(/^([a-z][a-z\d+.-]*:).*@/i, `$1${BLANK}@`)
}

/** Blanks the key of an IRC channel, as in `#channel?key=…`. */
function withoutKey(word: string): string {
  return word.replace(/([?&]key=).+/i, `$1${BLANK}`)
}

/** Blanks what follows the first match of a single character. */
function blankFrom(word: string, character: RegExp): string {
  const at = word.search(character)
  return at < 0 || at === word.length - 1 ? word : word.slice(0, at + 1) + BLANK
}
