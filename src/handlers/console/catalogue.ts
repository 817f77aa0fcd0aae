import type { Entry } from '../../console/form.ts'
import type { RequestContext } from '../../env.ts'
import { readAsset } from '../document.ts'

const kept = new Map<boolean, readonly Entry[]>()

/** The catalogue of services, which an isolate reads once: the texts of forms are not in the bundle. A failure is not kept. */
export async function catalogueOf(c: RequestContext): Promise<readonly Entry[]> {
  const { isDevelopment } = c.var.deployment
  const entries = kept.get(isDevelopment) ?? (JSON.parse(await readAsset(c, 'catalog')) as readonly Entry[])
  kept.set(isDevelopment, entries)
  return entries
}
