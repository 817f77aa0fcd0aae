import type { HTTPException } from 'hono/http-exception'
import type * as z from 'zod'
import type { RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { isStrict } from '../middleware/unknown.ts'
import type { planBody } from '../schema/plan.ts'
import type { Applied, ApplyRequest } from '../settings/apply.ts'
import { parseDesired } from '../settings/desired.ts'

export const MAX_SERVICES = 100
const MAX_NAMES = 100

/** @throws the 400 of a plan that is too large, or of a PATCH that prunes */
export function toApplyRequest(
  c: RequestContext,
  { services, dry_run: dryRun, prune }: z.output<typeof planBody>,
): ApplyRequest {
  const { db, keyRing, actor, deployment } = c.var
  const method = c.req.method === 'PUT' ? 'PUT' : 'PATCH'
  if (method === 'PATCH' && prune) throw errors.rules({ prune: ['needs a PUT'] })
  if (Object.keys(services).length > MAX_SERVICES) throw errors.unreadable('Too many services')
  const isLong = (sent: unknown) => typeof sent === 'object' && Object.keys(sent ?? {}).length > MAX_NAMES
  if (Object.values(services).some(isLong)) throw errors.unreadable('Too many parameters')
  const desired = parseDesired(services, { registry: deployment.services, isStrict: isStrict(c) })
  const options = { allowLocalNetwork: deployment.allowLocalNetwork, registry: deployment.services }
  return { db, keyRing, actor, desired, method, prune, dryRun, ...options }
}

/** Returns the error of a plan that was not made. */
export function planError(outcome: Exclude<Applied, { kind: 'planned' }>, { desired }: ApplyRequest): HTTPException {
  switch (outcome.kind) {
    case 'invalid':
      return errors.parameters(outcome.fields, desired.allowed)
    case 'violations':
      return errors.rules(outcome.fields, desired.allowed)
    case 'moved':
      return errors.moved(outcome.names)
    case 'gone':
      return errors.notFound('Project')
    case 'conflict':
      return errors.unavailable()
  }
}
