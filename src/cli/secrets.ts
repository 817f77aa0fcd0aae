import { INSTANCE_TOKEN_FORM, parseInstanceTokens } from '../crypto/instance-token.ts'
import { KeyRingError, splitKeyRing } from '../crypto/keyring.ts'
import { parseSigning, SigningError } from '../crypto/signing.ts'

export type Variables = Readonly<Record<string, string | undefined>>

const checks = { ADMIN_TOKEN: problemOfToken, ENCRYPTION_KEYS: problemOfKeyRing }

export const SECRETS = Object.keys(checks) as (keyof typeof checks)[]

/** Returns what is wrong with these secrets, in words that repeat none of them. */
export function problemsOf(variables: Variables, names: readonly (keyof typeof checks)[] = SECRETS): string[] {
  return names.flatMap((name) => checks[name](variables[name]) ?? [])
}

/** Returns what is wrong with the configuration of signed tokens, which is optional. */
export function problemsOfSigning(variables: Variables): string[] {
  try {
    parseSigning(variables)
    return []
  } catch (error) {
    if (error instanceof SigningError) return [error.message]
    throw error
  }
}

function problemOfToken(text: string | undefined): string | undefined {
  if (!text?.trim()) return 'ADMIN_TOKEN is missing'
  return parseInstanceTokens(text).isWellFormed ? undefined : `ADMIN_TOKEN must be ${INSTANCE_TOKEN_FORM}`
}

function problemOfKeyRing(text: string | undefined): string | undefined {
  try {
    splitKeyRing(text)
  } catch (error) {
    if (error instanceof KeyRingError) return error.message
    throw error
  }
}
