/** Bytes whose base64 fills an encoded word, which has 75 characters at most. */
const WORD_BYTES = 45

/**
 * The value of a mail's header in ASCII, as encoded words where it has other characters: RFC 2047, section 2. The
 * platform encodes the subject and the names of addresses itself, and takes custom headers as they are.
 */
export function encodeHeader(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value
  return wordsOf(value)
    .map((word) => `=?UTF-8?B?${new TextEncoder().encode(word).toBase64()}?=`)
    .join(' ')
}

/** Parts between characters: each encoded word is decoded by itself. */
function wordsOf(value: string): string[] {
  const words: string[] = []
  let word = ''
  for (const character of value) {
    if (new TextEncoder().encode(word + character).length > WORD_BYTES) {
      words.push(word)
      word = ''
    }
    word += character
  }
  return [...words, word]
}
