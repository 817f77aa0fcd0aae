import type { KeyRing } from '../crypto/keyring.ts'
import { fingerprint, open, seal } from '../crypto/seal.ts'
import type { SecretMeta, Settings } from '../schema/tables.ts'
import type { Merged, Secrets } from './merge.ts'

type Sealed = Pick<Settings, 'secrets' | 'secretsMeta'>
type Place = Pick<Settings, 'projectId' | 'slug'>

type SealedRow = Place & Pick<Sealed, 'secrets'>

/** Returns the secrets of a row. @throws MissingKeyError if the ring lacks their key; another error if they are damaged */
export async function openSecrets(ring: KeyRing, row: SealedRow): Promise<Secrets> {
  return row.secrets === null ? {} : (JSON.parse(await open(ring, placeOf(row), row.secrets)) as Secrets)
}

/** Returns the secrets of a row; null if they do not open (docs/rules.md#unreadable-rows). */
export async function tryOpenSecrets(ring: KeyRing, row: SealedRow): Promise<Secrets | null> {
  try {
    return await openSecrets(ring, row)
  } catch {
    return null
  }
}

/** A row whose secrets do not open, as in the log. */
export interface UnreadableRow {
  project_id: number
  slug: string
  cause: string
}

export function describeUnreadable(ring: KeyRing, row: SealedRow): UnreadableRow {
  const [, keyId = ''] = (row.secrets ?? '').split('.', 2)
  const cause = ring.find(keyId) ? 'the sealed text is damaged' : `ENCRYPTION_KEYS lacks its key, ${keyId}`
  return { project_id: row.projectId, slug: row.slug, cause }
}

/** Logs rows that do not open: their secrets are unusable until the key returns or they are sent again. */
export function logUnreadable(rows: readonly UnreadableRow[]): void {
  if (rows.length > 0) console.error(JSON.stringify({ level: 'error', error: 'UnreadableSecrets', rows }))
}

/** Returns the secrets of a row; null if they do not open, which the log then says. */
export async function openOrLog(ring: KeyRing, row: SealedRow): Promise<Secrets | null> {
  const secrets = await tryOpenSecrets(ring, row)
  if (secrets === null) logUnreadable([describeUnreadable(ring, row)])
  return secrets
}

/** Returns what a row holds of its secrets after a merge. If none of them changed, the sealed text stays. */
export async function sealSecrets(
  ring: KeyRing,
  place: Place,
  saved: Sealed | null,
  savedSecrets: Secrets,
  { set, dropped }: Pick<Merged, 'set' | 'dropped'>,
  now: number,
): Promise<Sealed> {
  const { secrets: sealed, secretsMeta } = saved ?? { secrets: null, secretsMeta: {} }
  if (Object.keys(set).length === 0 && dropped.length === 0) return { secrets: sealed, secretsMeta }
  const isKept = (entry: [string, unknown]) => !dropped.includes(entry[0])
  const secrets = Object.fromEntries(Object.entries({ ...savedSecrets, ...set }).filter(isKept))
  const fresh = await Promise.all(
    Object.entries(set).map(async ([name, value]): Promise<[string, SecretMeta]> => {
      return [name, { fingerprint: await fingerprint(ring, `${placeOf(place)}\0${name}`, value), updatedAt: now }]
    }),
  )
  return {
    secrets: Object.keys(secrets).length === 0 ? null : await seal(ring, placeOf(place), JSON.stringify(secrets)),
    secretsMeta: Object.fromEntries([...Object.entries(secretsMeta).filter(isKept), ...fresh]),
  }
}

/** Returns the same secrets, sealed with the first key of the ring; null if they do not open. */
export async function resealed(ring: KeyRing, row: Place & { secrets: string }): Promise<string | null> {
  const secrets = await tryOpenSecrets(ring, row)
  return secrets && seal(ring, placeOf(row), JSON.stringify(secrets))
}

/** The additional data of the seal: a row's secrets open in that row alone. */
function placeOf({ projectId, slug }: Place): string {
  return `settings/${projectId}/${slug}`
}
