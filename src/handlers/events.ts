import { Hono } from 'hono'
import type * as z from 'zod'
import { digest } from '../crypto/token.ts'
import { acceptEvent, type Candidate, type Sorted, sortDestinations } from '../delivery/accept.ts'
import { eventSteps } from '../delivery/attempt.ts'
import { deliveryContext, paramsOf, UNREADABLE } from '../delivery/destination.ts'
import { preview } from '../delivery/preview.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { event } from '../middleware/event.ts'
import { validate } from '../middleware/validation.ts'
import { eventQuery } from '../schema/delivery.ts'
import type { acceptedShape, dryRunShape } from '../schema/delivery-response.ts'
import type { Occurrence } from '../schema/payload.ts'
import { rules } from '../schema/rules.ts'
import type { Project } from '../schema/tables.ts'
import { openOrLog } from '../settings/vault.ts'
import { type DestinationRow, listDestinations } from '../store/delivery-log.ts'
import { findProject } from '../store/projects.ts'
import { notifyLater } from './notify-later.ts'

const find = ({ project }: Lookup) => ({ project: findProject(project), destinations: listDestinations(project) })

/** A dry run shows settings, so it needs what reading them needs. */
const rule = (_actor: unknown, c: RequestContext) => {
  const { data } = eventQuery.safeParse(c.var.parameters)
  if (!data?.dry_run) return rules.postEvent
  return data.with_secrets ? rules.readSecrets : rules.readSettings
}

/** GitLab sends the secret token of a webhook as `X-Gitlab-Token`: so a plain webhook can post here. */
const options = { tokenHeader: 'X-Gitlab-Token', limiter: 'RATE_LIMIT_EVENTS' } as const

/** The events of a project: `/projects/:id/events`. */
export const eventsHandler = new Hono<AppEnv>().post('/', event, access(rule, find, options), async (c) => {
  const { dry_run: isDryRun, with_secrets: showSecrets } = validate(c, eventQuery, { isOwn: true })
  const { kind = null, occurrence } = c.var.event
  const { project, destinations } = c.var.rows
  if (!project) throw errors.notFound('Project')
  const sorted = occurrence ? sortDestinations(candidatesOf(c, destinations), occurrence, project) : NOBODY
  if (isDryRun) {
    if (showSecrets) {
      c.set('isSecret', true)
      c.set(
        'secretsRead',
        sorted.wanted.map(({ service }) => service.slug),
      )
    }
    return c.json(await dryRun(c, { kind, occurrence, project, sorted, showSecrets }))
  }
  if (!occurrence || sorted.wanted.length === 0) return c.json(nothing(kind, sorted), 202)
  const accepted = await acceptEvent(c.var.db, {
    projectId: c.var.projectId,
    key: await keyOf(c, occurrence),
    occurrence,
    destinationIds: sorted.wanted.map(({ settings }) => settings.id),
  })
  if (accepted === 'too large') throw errors.tooLarge()
  if (accepted === 'no project') throw errors.notFound('Project')
  const { id, isDuplicate, deliveries } = accepted
  if (!isDuplicate) {
    notifyLater(
      c,
      deliveries.map(({ settingsId }) => settingsId),
    )
  }
  const shown = deliveries.map(({ id: deliveryId, destination, state }) => ({ id: deliveryId, destination, state }))
  return c.json({ ...nothing(kind, sorted), id, duplicate: isDuplicate, deliveries: shown }, 202)
})

const NOBODY: Sorted = { wanted: [], skipped: [] }

function nothing(kind: string | null, { skipped }: Sorted): z.input<typeof acceptedShape> {
  return { id: null, kind: presentKind(kind), duplicate: false, deliveries: [], skipped }
}

/** A kind is the sender's text: one that GitLab cannot have sent is not repeated. */
function presentKind(kind: string | null): string | null {
  return kind !== null && /^[a-z][a-z_]{0,63}$/.test(kind) ? kind : null
}

function candidatesOf(c: RequestContext, rows: readonly DestinationRow[]): Candidate[] {
  const candidates = rows.flatMap(({ settings, pausedAt }) => {
    const service = c.var.deployment.services.find(settings.slug)
    return service ? [{ service, settings, pausedAt }] : []
  })
  return candidates.sort((one, other) => one.settings.id - other.settings.id)
}

interface DryRun {
  kind: string | null
  occurrence: Occurrence | undefined
  project: Project
  sorted: Sorted
  showSecrets: boolean
}

async function dryRun(
  c: RequestContext,
  { kind, occurrence, project, sorted, showSecrets }: DryRun,
): Promise<z.input<typeof dryRunShape>> {
  const circumstances = { project, eventId: 0, acceptedAt: Date.now() }
  const deliveries = sorted.wanted.map(async (destination) => {
    if (!occurrence) return []
    const { service, settings } = destination
    const secrets = await openOrLog(c.var.keyRing, settings)
    if (secrets === null) {
      return [{ destination: service.slug, requests: [], reason: UNREADABLE }]
    }
    const context = deliveryContext(destination, occurrence, circumstances)
    const params = paramsOf(destination, secrets)
    const { steps, reason } = preview({ service, params, steps: eventSteps(service, occurrence, context) }, showSecrets)
    return [{ destination: service.slug, requests: steps, reason: reason ?? null }]
  })
  return { kind: presentKind(kind), deliveries: (await Promise.all(deliveries)).flat(), skipped: sorted.skipped }
}

/**
 * Recognises a repeated request: by its own key, or by the identifier of the webhook's request; events of one cause may
 * share theirs, so their bodies count too. Without any of them nothing is a repetition.
 */
async function keyOf({ req }: RequestContext, { text }: Occurrence): Promise<string | undefined> {
  const key = req.header('Idempotency-Key') ?? req.header('X-Gitlab-Webhook-UUID')
  if (key) return `key ${(await digest(key)).toHex()}`
  const uuid = req.header('X-Gitlab-Event-UUID')
  return uuid && `event ${(await digest(`${uuid}\0${text}`)).toHex()}`
}
