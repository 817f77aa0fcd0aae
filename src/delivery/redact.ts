import type { Service, Values } from '../schema/service.ts'

const REDACTED = '***'
/** A shorter secret is part of too many words to be replaced. */
const MIN_LENGTH = 4
/** Shorter parts of a secret address are no secrets. */
const MIN_PART_LENGTH = 8

/**
 * Returns a function that removes the secrets from a receiver's text, in any form that a request can give them. Only
 * receivers can repeat a secret: whatever else is shown was made of redacted parameters.
 */
export function redactor({ params }: Service, values: Values): (text: string) => string {
  const secrets = params.flatMap(({ secret, name }) => (secret && values[name] ? [String(values[name])] : []))
  if (secrets.some((secret) => secret.length < MIN_LENGTH)) return () => ''
  const texts = secrets.flatMap((secret) => [secret, ...partsOf(secret)])
  const users = params.flatMap(({ secret, name }) => (secret || typeof values[name] !== 'string' ? [] : [values[name]]))
  const credentials = secrets.flatMap((secret) => [secret, ...['', ...users].map((user) => `${user}:${secret}`)])
  const forms = [...texts.flatMap(formsOf), ...credentials.flatMap(encodingsOf)]
  // The longest first: a short form may be part of a longer one, the rest of which would stay.
  const sorted = [...new Set(forms)].filter(({ length }) => length >= MIN_LENGTH).sort((a, b) => b.length - a.length)
  return (text) => sorted.reduce((rest, form) => rest.replaceAll(form, REDACTED), text)
}

/** Returns the parts that make a secret address secret. */
function partsOf(secret: string): string[] {
  const url = URL.parse(secret)
  if (!url?.protocol.startsWith('http')) return secret.split(/[\s,:]+/).filter(isPart)
  const { href, pathname, search, searchParams, username, password } = url
  const segments = pathname.split('/').flatMap((segment) => [segment, decode(segment)])
  return [href, `${pathname}${search}`, ...[...segments, ...searchParams.values(), username, password].filter(isPart)]
}

/** Words such as `services` or `webhooks` stay: only their address as a whole is secret. */
function isPart(text: string): boolean {
  return text.length >= MIN_PART_LENGTH && !/^[a-z_-]{1,15}$/.test(text)
}

function formsOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1)
  return [
    text,
    text.trim(),
    encodeURI(text.toWellFormed()),
    encodeURIComponent(text.toWellFormed()),
    new URLSearchParams([['', text]]).toString().slice(1),
    escaped,
    escaped.replaceAll('/', '\\/'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ]
}

function encodingsOf(text: string): string[] {
  const bytes = new TextEncoder().encode(text)
  return [
    bytes.toBase64(),
    bytes.toBase64({ omitPadding: true }),
    bytes.toBase64({ alphabet: 'base64url', omitPadding: true }),
    bytes.toHex(),
  ]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
