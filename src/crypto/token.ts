const PREFIX = 'pbt_'
const LENGTH = 40
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new token: `pbt_` and 40 characters of base62, 238 bits from the system's generator. */
export function newToken(): string {
  let token = PREFIX
  while (token.length < PREFIX.length + LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
      if (byte < 248 && token.length < PREFIX.length + LENGTH) token += BASE62[byte % 62]
    }
  }
  return token
}

const utf8 = new TextEncoder()

/** SHA-256 of a token. */
export async function digest(token: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(token)))
}

/** Compares two digests in constant time. */
export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return crypto.subtle.timingSafeEqual(one, other)
}
