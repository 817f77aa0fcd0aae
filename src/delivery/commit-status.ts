import type { CommitStatus, CommitStatusRequest } from '../schema/commit-status.ts'
import { type Network, send } from './transport.ts'

export type CommitStatusResult = CommitStatus | { failure: string }

const CACHE_MS = 10_000
const MAX_CACHED = 500

/** The results of the last seconds in this isolate, oldest first: pages that show many commits ask for each again and again. */
const cached = new Map<string, { result: CommitStatusResult; until: number }>()

/**
 * Asks a CI server for the status of a commit. The results of one version of some settings are cached, failures too, so
 * that a server in trouble is left alone. Requests at the same moment each ask: one of them may not wait for another's I/O.
 */
export async function fetchCommitStatus(
  request: CommitStatusRequest,
  settings: { id: number; version: number },
  network: Network,
  now = Date.now(),
): Promise<CommitStatusResult> {
  const key = `${settings.id} ${settings.version} ${request.step.url}`
  const known = cached.get(key)
  if (known && known.until > now) return known.result
  const result = await ask(request, network)
  cached.delete(key)
  cached.set(key, { result, until: now + CACHE_MS })
  const [oldest] = cached.keys()
  if (cached.size > MAX_CACHED && oldest !== undefined) cached.delete(oldest)
  return result
}

async function ask({ step, read }: CommitStatusRequest, network: Network): Promise<CommitStatusResult> {
  const sent = await send(step, network)
  if ('failure' in sent) return { failure: sent.failure.reason }
  const { status } = sent.response
  if (status >= 200 && status < 300)
    return read(sent.response) ?? { failure: 'the CI server did not name a known status' }
  return read(sent.response) ?? { failure: `the CI server responded ${status}` }
}
