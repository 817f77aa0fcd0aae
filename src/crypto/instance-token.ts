const MIN_LENGTH = 32
const MAX_TOKENS = 2
export const INSTANCE_TOKEN_FORM = `one token of at least ${MIN_LENGTH} characters, or ${MAX_TOKENS} with a comma between`

/** Reads `ADMIN_TOKEN`, which lists two tokens while one replaces the other. Tokens that are too short or too many do not count. */
export function parseInstanceTokens(text = ''): { tokens: string[]; isWellFormed: boolean } {
  const listed = text.split(',').map((token) => token.trim())
  const tokens = listed.filter((token) => token.length >= MIN_LENGTH).slice(0, MAX_TOKENS)
  return { tokens, isWellFormed: tokens.length === listed.length }
}
