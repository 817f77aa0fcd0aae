import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'

/** The 404 of a slug, with the one that was probably meant. */
export function unknownService(c: RequestContext, slug: string) {
  const guess = c.var.deployment.services.closest(slug)
  return errors.notFound('Service', guess && `Did you mean ${guess}?`)
}
