import type { KeyRing } from './keyring.ts'

/** The ring lacks the key that a sealed value names. */
export class MissingKeyError extends Error {
  override name = 'MissingKeyError'

  constructor(keyId: string) {
    super(`ENCRYPTION_KEYS lacks key ${keyId}, which saved secrets still need`)
  }
}

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const
const IV_BYTES = 12
const FINGERPRINT_BYTES = 8

/**
 * Seals text to its place: what is sealed for one place opens at no other (AES-256-GCM, the place is additional data).
 * Returns `v1.<key id>.<iv>.<ciphertext>`, the last two in base64url.
 */
export async function seal(ring: KeyRing, place: string, plain: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const cipher = await crypto.subtle.encrypt(aesGcm(iv, place), ring.first.seal, utf8(plain))
  return ['v1', ring.first.id, iv.toBase64(BASE64URL), new Uint8Array(cipher).toBase64(BASE64URL)].join('.')
}

/**
 * Opens what `seal` made for the same place.
 * @throws MissingKeyError if the ring lacks the key; another error if the text was not sealed at this place
 */
export async function open(ring: KeyRing, place: string, sealed: string): Promise<string> {
  const [version, keyId = '', iv = '', cipher = ''] = sealed.split('.')
  if (version !== 'v1') throw new Error('a sealed value of unknown version')
  const key = ring.find(keyId)
  if (!key) throw new MissingKeyError(keyId)
  const bytes = (part: string) => Uint8Array.fromBase64(part, BASE64URL)
  const plain = await crypto.subtle.decrypt(aesGcm(bytes(iv), place), key.seal, bytes(cipher))
  return new TextDecoder().decode(plain)
}

/** `<key id>:<16 hexadecimal digits>`: equal for equal values at one place, and telling nothing of them. */
export async function fingerprint(ring: KeyRing, place: string, value: string): Promise<string> {
  const mac = await crypto.subtle.sign('HMAC', ring.first.fingerprint, utf8(`${place}\0${value}`))
  return `${ring.first.id}:${new Uint8Array(mac, 0, FINGERPRINT_BYTES).toHex()}`
}

function aesGcm(iv: Uint8Array<ArrayBuffer>, place: string) {
  return { name: 'AES-GCM', iv, additionalData: utf8(place) }
}

function utf8(text: string) {
  return new TextEncoder().encode(text)
}
