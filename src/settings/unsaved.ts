import type { FieldErrors } from '../schema/issues.ts'
import type { Values } from '../schema/service.ts'
import type { Settings } from '../schema/tables.ts'
import type { PlainSettings } from './changes.ts'
import { type EditRequest, preview } from './preview.ts'
import { openOrLog } from './vault.ts'

/** Settings as the parameters of a request would make them, secrets included. */
export type Unsaved =
  | ({ kind: 'merged'; secrets: Values } & PlainSettings)
  | { kind: 'invalid' | 'violations'; fields: FieldErrors }
  | { kind: 'unreadable' }

/**
 * Lays parameters over what is saved as a PUT would, and writes nothing: a moved endpoint has to come with its secrets
 * (docs/rules.md#moved-endpoints).
 */
export async function layOver(request: Omit<EditRequest, 'method'>, saved: Settings | null): Promise<Unsaved> {
  const { invalid, violations, merged } = await preview({ ...request, method: 'PUT', comparesSecrets: false }, saved)
  if (invalid) return { kind: 'invalid', fields: invalid }
  if (violations) return { kind: 'violations', fields: violations }
  const { active, flags, params, set, kept } = merged
  const opened = saved && kept.length > 0 ? await openOrLog(request.keyRing, saved) : {}
  if (opened === null) return { kind: 'unreadable' }
  const secrets = { ...Object.fromEntries(kept.map((name) => [name, opened[name] ?? null])), ...set }
  return { kind: 'merged', active, flags, params, secrets }
}
