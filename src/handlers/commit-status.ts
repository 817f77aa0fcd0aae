import { Hono } from 'hono'
import type * as z from 'zod'
import { fetchCommitStatus } from '../delivery/commit-status.ts'
import { paramsOf } from '../delivery/destination.ts'
import { redactor } from '../delivery/redact.ts'
import { type Network, TIMEOUT_MS } from '../delivery/transport.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { validate } from '../middleware/validation.ts'
import { commitStatusQuery, type commitStatusShape } from '../schema/commit-status.ts'
import { rules } from '../schema/rules.ts'
import { openOrLog } from '../settings/vault.ts'
import { findProjectAndSettings } from './service-reads.ts'
import { unknownService } from './unknown-service.ts'

/** An address that contains a secret needs the rights that reading secrets needs. */
const readRule = (_actor: unknown, c: RequestContext) =>
  commitStatusQuery.shape.with_secrets.safeParse(c.var.parameters.with_secrets).data
    ? rules.readSecrets
    : rules.readSettings

/** The status of a commit on a CI server: `/projects/:id/services/:slug/commit_status` (docs/rules.md#commit-status). */
export const commitStatusHandler = new Hono<AppEnv>().get(
  '/:slug{[^/.]+}/commit_status',
  parameters,
  access(readRule, findProjectAndSettings),
  async (c) => {
    const { project, settings } = c.var.rows
    const service = serviceOf(c)
    const { sha, ref = null, with_secrets: showSecrets } = validate(c, commitStatusQuery, { isOwn: true })
    if (!project || !settings?.active) throw errors.notFound('Service')
    const secrets = await openOrLog(c.var.keyRing, settings)
    if (secrets === null) throw errors.unavailable()
    const params = paramsOf({ service, settings }, secrets)
    const request = service.commitStatus({ sha, ref, project: project.fullPath }, params)
    if (typeof request === 'string') throw errors.badGateway(request)
    const result = await fetchCommitStatus(request, settings, networkOf(c))
    if ('failure' in result) throw errors.badGateway(result.failure)
    const { status, page } = result
    const isSecret = redactor(service, params)(page) !== page
    if (isSecret && showSecrets) {
      c.set('secretsRead', [service.slug])
      c.set('isSecret', true)
    }
    const target_url = isSecret && !showSecrets ? null : page
    return c.json({ sha, ref, status, target_url } satisfies z.input<typeof commitStatusShape>)
  },
)

/** @throws the 404 of a slug that is unknown, or that is no CI server's */
function serviceOf(c: RequestContext) {
  const slug = c.req.param('slug') ?? ''
  const service = c.var.deployment.services.find(slug)
  if (!service) throw unknownService(c, slug)
  const { commitStatus } = service
  if (!commitStatus) throw errors.notFound('Service', `${slug} knows no status of commits`)
  return { ...service, commitStatus }
}

function networkOf(c: RequestContext): Network {
  return { allowLocalNetwork: c.var.deployment.allowLocalNetwork, timeoutMs: TIMEOUT_MS, mail: undefined }
}
