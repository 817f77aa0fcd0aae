import type { KeyRing } from '../crypto/keyring.ts'
import { fingerprint, open, seal } from '../crypto/seal.ts'
import type { SecretMeta, Settings } from '../schema/tables.ts'
import type { Merged, Secrets } from './merge.ts'

type Sealed = Pick<Settings, 'secrets' | 'secretsMeta'>
type Place = Pick<Settings, 'projectId' | 'slug'>

/** Opens the secrets of a row. @throws MissingKeyError where the ring lacks their key */
export async function openSecrets(ring: KeyRing, row: Place & Sealed): Promise<Secrets> {
  return row.secrets === null ? {} : (JSON.parse(await open(ring, placeOf(row), row.secrets)) as Secrets)
}

/** What a row will hold of its secrets after a merge. What no secret changed stays sealed as it is. */
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

/** The same secrets, sealed by the first key of the ring. @throws MissingKeyError where the ring lacks their key */
export async function resealed(ring: KeyRing, row: Place & { secrets: string }): Promise<string> {
  return seal(ring, placeOf(row), await open(ring, placeOf(row), row.secrets))
}

/** The additional data of the seal: a row's secrets open in that row alone. */
function placeOf({ projectId, slug }: Place): string {
  return `settings/${projectId}/${slug}`
}
