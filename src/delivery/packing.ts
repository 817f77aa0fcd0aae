/** D1 takes 2 MB a row, and the other columns need room too. Local D1 accepts more, so the limit is checked here. */
const MAX_PACKED_LENGTH = 1_900_000

/**
 * Returns JSON as it is stored, gzip in base64, or undefined if it is too large for a row. Text, because D1 returns
 * blobs as lists of numbers, five to ten times as slowly.
 */
export async function pack(text: string): Promise<string | undefined> {
  const bytes = await pipe(text, new CompressionStream('gzip')).arrayBuffer()
  const packed = new Uint8Array(bytes).toBase64()
  return packed.length > MAX_PACKED_LENGTH ? undefined : packed
}

export async function unpack(packed: string): Promise<string> {
  return pipe(Uint8Array.fromBase64(packed), new DecompressionStream('gzip')).text()
}

function pipe(part: string | Uint8Array<ArrayBuffer>, through: CompressionStream | DecompressionStream): Response {
  return new Response(new Blob([part]).stream().pipeThrough(through))
}
