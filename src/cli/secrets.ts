import { KeyRingError, splitKeyRing } from '../crypto/keyring.ts'

export type Variables = Readonly<Record<string, string | undefined>>

const MIN_LENGTH = 32
const MAX_TOKENS = 2

const checks = { ADMIN_TOKEN: problemOfToken, ENCRYPTION_KEYS: problemOfKeyRing }

export const SECRETS = Object.keys(checks) as (keyof typeof checks)[]

/** What is wrong with these secrets, in words that repeat none of them. */
export function problemsOf(variables: Variables, names: readonly (keyof typeof checks)[] = SECRETS): string[] {
  return names.flatMap((name) => checks[name](variables[name]) ?? [])
}

function problemOfToken(text: string | undefined): string | undefined {
  if (!text?.trim()) return 'ADMIN_TOKEN is missing'
  const tokens = text.split(',').map((token) => token.trim())
  if (tokens.length <= MAX_TOKENS && tokens.every((token) => token.length >= MIN_LENGTH)) return
  return `ADMIN_TOKEN must be one token of at least ${MIN_LENGTH} characters, or two with a comma between`
}

function problemOfKeyRing(text: string | undefined): string | undefined {
  try {
    splitKeyRing(text)
  } catch (error) {
    if (error instanceof KeyRingError) return error.message
    throw error
  }
}
