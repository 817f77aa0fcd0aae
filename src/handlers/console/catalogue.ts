import type { Entry } from '../../console/form.ts'
import type { RequestContext } from '../../env.ts'
import { readAsset } from '../document.ts'

const kept = new Map<boolean, Promise<readonly Entry[]>>()

/** The catalogue of services, which an isolate reads once: the texts of forms are not in the bundle. */
export function catalogueOf(c: RequestContext): Promise<readonly Entry[]> {
  const { isDevelopment } = c.var.deployment
  const known = kept.get(isDevelopment) ?? readCatalogue(c)
  kept.set(isDevelopment, known)
  return known
}

async function readCatalogue(c: RequestContext): Promise<readonly Entry[]> {
  return JSON.parse(await readAsset(c, 'catalog'))
}
