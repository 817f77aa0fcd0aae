import { ContentType } from '@remix-run/headers/content-type'
import { getMultipartBoundary, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser'
import { MAX_VALUES, UNUSABLE, unreadable } from './fields.ts'

/** RFC 2046, section 5.1.1. The parser searches for it, at a cost of its length for each byte of the body. */
const MAX_BOUNDARY = 70
/** Encodings of RFC 2045 that leave bytes as they are; RFC 7578 deprecates the others. */
const IDENTITY_ENCODINGS = ['7bit', '8bit', 'binary']

/**
 * Reads the parts of `multipart/form-data`, each by the charset that it declares. The platform's `formData()` decodes
 * all as UTF-8 and puts U+FFFD where that fails.
 * @throws UnreadableError
 */
export function parseMultipartForm(body: Uint8Array, contentType: string): [string, unknown][] {
  const boundary = getMultipartBoundary(contentType)?.trim() ?? ''
  if (boundary === '' || boundary.length > MAX_BOUNDARY) throw unreadable('form')
  try {
    const limits = { maxParts: MAX_VALUES, maxFileSize: body.byteLength }
    return [...parseMultipart(body, { boundary, ...limits })].map((part) => [part.name ?? '', readPart(part)])
  } catch {
    throw unreadable('form')
  }
}

function readPart(part: MultipartPart): unknown {
  if (part.filename !== undefined) return UNUSABLE
  const encoding = part.headers['content-transfer-encoding'] ?? 'binary'
  if (!IDENTITY_ENCODINGS.includes(encoding.toLowerCase())) throw unreadable('form')
  const { charset = 'utf-8' } = ContentType.from(part.headers['content-type']?.toLowerCase() ?? null)
  return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(part.bytes)
}
