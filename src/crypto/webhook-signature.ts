/** A secret to sign requests with that has another form than `whsec_` and base64. */
export class SigningSecretError extends Error {}

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/
/** As Standard Webhooks asks. */
const MIN_BYTES = 24
const MAX_BYTES = 64

/**
 * The headers of a signed request, by Standard Webhooks: receivers verify them with any library of that name.
 * @throws SigningSecretError, whose message names no secret
 */
export async function signatureHeaders(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Promise<Record<string, string>> {
  const key = await importKey(secret)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed))
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': `v1,${mac.toBase64()}` }
}

async function importKey(secret: string): Promise<CryptoKey> {
  const bytes = decode(SECRET.exec(secret.trim())?.[1])
  if (!bytes || bytes.length < MIN_BYTES || bytes.length > MAX_BYTES)
    throw new SigningSecretError(`must be whsec_ and the base64 of ${MIN_BYTES} to ${MAX_BYTES} bytes`)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

function decode(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  try {
    return text === undefined ? undefined : Uint8Array.fromBase64(text)
  } catch {
    return undefined
  }
}
