/** A key ring that cannot be used. The message says what is wrong and names no key. */
export class KeyRingError extends Error {}

interface Key {
  id: string
  /** AES-256-GCM. */
  seal: CryptoKey
  /** HMAC-SHA-256, derived from the same bytes. */
  fingerprint: CryptoKey
}

export interface KeyRing {
  /** Seals whatever is saved from now on. */
  first: Key
  find(id: string): Key | undefined
  /** All ids, the first one first. */
  ids: readonly string[]
}

const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/
const FORM = 'ENCRYPTION_KEYS must be id:base64,id:base64 with 32 bytes to a key'

/**
 * Reads `id:base64,id:base64` (docs/rules.md#key-ring). The first key seals, all open.
 * @throws KeyRingError if it is missing or malformed
 */
export async function parseKeyRing(text: string | undefined): Promise<KeyRing> {
  const entries = splitKeyRing(text)
  const keys = await Promise.all(entries.map(([id, bytes]) => importKey(id, bytes)))
  const byId = new Map(keys.map((key) => [key.id, key]))
  const [first] = keys
  if (!first) throw new KeyRingError(FORM)
  return { first, find: (id) => byId.get(id), ids: keys.map(({ id }) => id) }
}

/**
 * The ids and raw keys of a key ring.
 * @throws KeyRingError if it is missing or malformed
 */
export function splitKeyRing(text: string | undefined): [id: string, bytes: Uint8Array<ArrayBuffer>][] {
  if (!text?.trim()) throw new KeyRingError('ENCRYPTION_KEYS is missing')
  const entries = text.split(',').map((entry): [string, Uint8Array<ArrayBuffer>] => {
    const [, id, key] = ENTRY.exec(entry.trim()) ?? []
    if (!id || !key) throw new KeyRingError(FORM)
    return [id, Uint8Array.from(atob(key), (char) => char.charCodeAt(0))]
  })
  if (new Set(entries.map(([id]) => id)).size < entries.length)
    throw new KeyRingError('ENCRYPTION_KEYS repeats a key id')
  return entries
}

async function importKey(id: string, bytes: Uint8Array<ArrayBuffer>): Promise<Key> {
  const [seal, root] = await Promise.all([
    crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
    crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']),
  ])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('patchbay fingerprint') }
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 }
  return { id, seal, fingerprint: await crypto.subtle.deriveKey(derivation, root, hmac, false, ['sign']) }
}

function utf8(text: string) {
  return new TextEncoder().encode(text)
}
