import type { Param, Service } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { ParsedRequest } from './parse.ts'

/**
 * Returns the endpoints that another request has changed since this one found the row, if this one sends a secret without
 * them. Merged with the newer row, the secret would go to an address that its sender has not seen (docs/rules.md#races).
 */
export function endpointsMovedMeanwhile(
  service: Service,
  { values }: ParsedRequest,
  found: Settings | null,
  current: Settings | null,
): string[] {
  const sendsSecret = service.params.some(({ name, secret }) => secret && typeof values[name] === 'string')
  if (!sendsSecret || found === current) return []
  const moved = service.params.filter(
    (param) => param.endpoint && values[param.name] === undefined && placeOf(param, found) !== placeOf(param, current),
  )
  return moved.map(({ name }) => name)
}

/** Secrets are compared by their fingerprints: nothing has to be opened. */
function placeOf({ name, secret, fallback }: Param, row: Settings | null): string {
  if (secret) return row?.secretsMeta[name]?.fingerprint ?? ''
  return String(row?.params[name] ?? fallback ?? '').trim()
}
