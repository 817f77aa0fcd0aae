import {
  type CryptoKey,
  createLocalJWKSet,
  createRemoteJWKSet,
  type FlattenedJWSInput,
  type JWTHeaderParameters,
  errors as jose,
  type RemoteJWKSet,
} from 'jose'
import { sleep } from '../backoff.ts'
import type { Signing } from '../crypto/signing.ts'

const TIMEOUT_MS = 5000
/** Keys are fetched again after this time; requests do not wait for it while there are older ones. */
const REFRESH_MS = 10 * 60 * 1000
/** Between two fetches: after a failure, and for a key that the set does not have. */
const PAUSE_MS = 30 * 1000
/** Longest time for which the last good set is used while its URL fails. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** There is no key to verify anything with. */
export class NoKeysError extends Error {
  override name = 'NoKeysError'
}

/** Finds the key that a token names. `waitUntil` keeps a fetch alive past the request that started it. */
export type FindKey = (
  header: JWTHeaderParameters,
  token: FlattenedJWSInput,
  waitUntil: (promise: Promise<unknown>) => void,
) => Promise<CryptoKey>

export function keySetOf(keys: Signing['keys']): FindKey {
  if (!(keys instanceof URL)) return createLocalJWKSet(keys)
  const remote = new RemoteKeySet(keys)
  return (header, token, waitUntil) => remote.find(header, token, waitUntil)
}

/** jose fetches and reads the set; when to fetch is decided here, since jose would fetch once for each request. */
class RemoteKeySet {
  readonly #keys: RemoteJWKSet
  #fetch: Promise<void> | undefined
  #triedAt = 0
  #isFailing = false

  constructor(url: URL) {
    const never = { cacheMaxAge: KEPT_MS, cooldownDuration: Number.POSITIVE_INFINITY }
    this.#keys = createRemoteJWKSet(url, { timeoutDuration: TIMEOUT_MS, ...never })
  }

  async find(...[header, token, waitUntil]: Parameters<FindKey>): Promise<CryptoKey> {
    const refresh = this.#refresh(this.#isFailing ? PAUSE_MS : REFRESH_MS, waitUntil)
    if (!this.#keys.fresh) await refresh
    if (!this.#keys.fresh || this.#keys.jwks()?.keys.length === 0) throw new NoKeysError()
    try {
      return await this.#keys(header, token)
    } catch (error) {
      if (!(error instanceof jose.JWKSNoMatchingKey) || !(await this.#refresh(PAUSE_MS, waitUntil))) throw error
      return this.#keys(header, token)
    }
  }

  /** Fetches the set unless that was tried less than `pause` ago. Returns whether a fetch has ended meanwhile. */
  async #refresh(pause: number, waitUntil: (promise: Promise<unknown>) => void): Promise<boolean> {
    const now = Date.now()
    // A runtime that ends the request which fetches leaves a promise that never settles.
    const isLost = now > this.#triedAt + 2 * TIMEOUT_MS
    if (!this.#fetch || isLost) {
      if (now < this.#triedAt + pause) return false
      this.#triedAt = now
      this.#fetch = this.#load()
      waitUntil(this.#fetch)
    }
    await Promise.race([this.#fetch, sleep(TIMEOUT_MS)])
    return true
  }

  async #load(): Promise<void> {
    try {
      await this.#keys.reload()
      this.#isFailing = false
    } catch (error) {
      this.#isFailing = true
      const reason = error instanceof jose.JOSEError ? error.code : 'unreachable'
      console.error(JSON.stringify({ level: 'error', message: 'The key set at JWT_JWKS cannot be fetched', reason }))
    } finally {
      this.#fetch = undefined
    }
  }
}
