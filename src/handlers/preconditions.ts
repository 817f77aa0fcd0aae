import type { Settings } from '../schema/tables.ts'

/** All forms of RFC 9110, 5.6.7 begin with a day. `Date.parse` alone finds a date in almost any text. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /

/** A strong ETag. Ids are never reused, so a new row never matches an old one (docs/rules.md#preconditions). */
export function etagOf({ id, version }: Settings): string {
  return `"${id}-${version}"`
}

/** Returns whether If-None-Match names the row: the client of a GET has it already. */
export function isFresh(headers: Headers, saved: Settings): boolean {
  return names(headers.get('If-None-Match'), saved) === true
}

/** Returns a test of the preconditions of a write against the saved row (RFC 9110, 13.2.2). */
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

/** Returns whether a list of ETags, or `*`, names the row; undefined without the header. */
function names(header: string | null, saved: Settings | null): boolean | undefined {
  if (header === null) return undefined
  return saved !== null && namesTag(header, etagOf(saved))
}

/** Returns whether a list of ETags, or `*`, names an ETag. Cloudflare's edge adds `W/` when it compresses. */
export function namesTag(header: string, etag: string): boolean {
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes('*') || tags.includes(etag)
}

/** Compares whole seconds, because HTTP dates have no fractions. False if `since` is NaN. */
function isNewer({ updatedAt }: Settings, since: number): boolean {
  return Math.floor(updatedAt / 1000) * 1000 > since
}
