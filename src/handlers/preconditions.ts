import type { Settings } from '../schema/tables.ts'

/** The forms of RFC 9110, 5.6.7, all of which begin with a day; `Date.parse` alone reads a date into almost anything. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/** A strong ETag. Ids are never reused, so a new row never matches an old one (docs/rules.md#preconditions). */
export function etagOf({ id, version }: Settings): string {
  return `"${id}-${version}"`
}

/** Whether If-None-Match names the row: on a GET, the client has it already. */
export function isFresh(headers: Headers, saved: Settings): boolean {
  return names(headers.get('If-None-Match'), saved) === true
}

/** Whether the preconditions of a write hold for what is saved (RFC 9110, 13.2.2). */
export function preconditions(headers: Headers): (saved: Settings | null) => boolean {
  const header = headers.get('If-Unmodified-Since') ?? ''
  const since = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN
  return (saved) => {
    const matches = names(headers.get('If-Match'), saved)
    if (matches === false) return false
    if (matches === undefined && saved && isNewer(saved, since)) return false
    return names(headers.get('If-None-Match'), saved) !== true
  }
}

/** Whether a list of ETags, or `*`, names the row; undefined where the header is not sent. */
function names(header: string | null, saved: Settings | null): boolean | undefined {
  if (header === null) return undefined
  return saved !== null && namesTag(header, etagOf(saved))
}

/** Whether a list of ETags, or `*`, names an ETag. The edge may have put `W/` before it. */
export function namesTag(header: string, etag: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

/** HTTP dates have no fractions: both are compared in whole seconds. What is no date does not count. */
function isNewer({ updatedAt }: Settings, since: number): boolean {
  return Math.floor(updatedAt / 1000) * 1000 > since
}
