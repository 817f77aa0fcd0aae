import { type Context, Hono } from 'hono'
import type * as z from 'zod'
import { NOTHING, paramsOf, UNREADABLE } from '../delivery/destination.ts'
import { openNetwork } from '../delivery/engine.ts'
import { presentTest } from '../delivery/present.ts'
import { sample, sampleFor } from '../delivery/sample.ts'
import { isSuccess, sendTest } from '../delivery/test-send.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors, logError } from '../errors.ts'
import { access } from '../middleware/access.ts'
import { countRequest } from '../middleware/rate-limit.ts'
import { type TestBody, testBody } from '../middleware/test-body.ts'
import { isStrict, nameIgnored } from '../middleware/unknown.ts'
import { validate } from '../middleware/validation.ts'
import type { Fields } from '../parameters/fields.ts'
import type { testShape } from '../schema/delivery-response.ts'
import { type EventName, findEvent, flagOf } from '../schema/events.ts'
import { noParameters } from '../schema/no-parameters.ts'
import { rules } from '../schema/rules.ts'
import type { Service, Values } from '../schema/service.ts'
import type { Project, Settings } from '../schema/tables.ts'
import { parse } from '../settings/parse.ts'
import { layOver } from '../settings/unsaved.ts'
import { openOrLog } from '../settings/vault.ts'
import { retryTransient } from '../store/database.ts'
import { recordRecovery } from '../store/deliveries.ts'
import { loadService } from './load-service.ts'
import { notifyLater } from './notify-later.ts'
import { saveError } from './save-error.ts'
import { findProjectAndSettings } from './service-reads.ts'

type TestContext = RequestContext & Pick<Context<AppEnv>, 'header'>

/** Sends to a service at once, so that a maintainer sees whether it works: `/projects/:id/services/:slug/test`. */
export const serviceTestHandler = new Hono<AppEnv>()

for (const path of ['/:slug{[^/.]+}/test', '/:slug{[^/.]+}/test/:trigger'] as const) {
  serviceTestHandler.post(
    path,
    testBody,
    access(rules.writeSettings, findProjectAndSettings),
    loadService,
    async (c) => {
      validate(c, noParameters, { isOwn: true })
      const { service, projectId, testBody: body, rows } = c.var
      const { project, settings } = rows
      if (!project || !(settings || body.parameters)) throw errors.notFound('Service')
      const trigger = triggerOf(service, c.req.param().trigger)
      return c.json(await runTest(c, { service, projectId, project, settings, trigger, body }))
    },
  )
}

interface TestTarget {
  service: Service
  projectId: number
  project: Project
  settings: Settings | null
  trigger: EventName | undefined
  body: TestBody
}

/** Sends a test of the settings, or of unsaved parameters over them. @throws the 400 of parameters that no save would accept */
export async function runTest(c: TestContext, target: TestTarget): Promise<z.input<typeof testShape>> {
  const { service, projectId, project, settings, trigger, body } = target
  const subject = subjectOf(service, project, trigger, body)
  if ('reason' in subject) return notSent(subject.reason)
  const tested = await testedSettings(c, service, settings, body.parameters)
  if (tested === null) return notSent(UNREADABLE)

  await countRequest(c, `test/${projectId}`, 'RATE_LIMIT_TESTS')
  const network = openNetwork(c.env, c.var.deployment.allowLocalNetwork)
  const outcome = await sendTest({ service, ...tested, project, trigger, ...subject }, network)
  if (outcome.error !== undefined) logError(outcome.error)
  if (settings && !body.parameters && isSuccess(outcome)) await recover(c, settings.id)
  return presentTest(outcome, service.notes(tested.params))
}

/** @throws the 400 of an event that the service does not have */
function triggerOf(service: Service, word: string | undefined): EventName | undefined {
  if (word === undefined) return undefined
  const event = findEvent(word)
  if (event && service.events.includes(event)) return event
  throw errors.parameters({ trigger: ['is not included in the list'] }, { trigger: service.events.map(flagOf) })
}

/** Chooses the event of the body, else the service's own check of the connection, else a sample. */
function subjectOf(service: Service, project: Project, trigger: EventName | undefined, { event }: TestBody) {
  if (service.probe && !event && !trigger) return { occurrence: sample('push', project), isProbe: true }
  if (service.deliversNothing) return { reason: service.deliversNothing }
  const occurrence = event ? event.occurrence : sampleFor(service, project, trigger)
  return occurrence && service.deliver[occurrence.kind] ? { occurrence, isProbe: false } : { reason: NOTHING }
}

/** Returns the parameters with their secrets; null if saved ones cannot be decrypted. @throws the 400 of unsaved ones */
async function testedSettings(
  c: TestContext,
  service: Service,
  saved: Settings | null,
  parameters: Fields | undefined,
): Promise<{ params: Values; flags: number } | null> {
  const { keyRing, deployment } = c.var
  if (parameters) {
    const sent = parse(service, parameters, { isStrict: isStrict(c) })
    nameIgnored(c, sent.ignored)
    const merged = await layOver({ keyRing, service, sent, allowLocalNetwork: deployment.allowLocalNetwork }, saved)
    if (merged.kind === 'unreadable') return null
    if (merged.kind !== 'merged') throw saveError(merged, sent.allowed)
    return {
      params: paramsOf({ service, settings: { ...merged, secretsMeta: {} } }, merged.secrets),
      flags: merged.flags,
    }
  }
  const secrets = saved && (await openOrLog(keyRing, saved))
  if (!saved || !secrets) return null
  return { params: paramsOf({ service, settings: saved }, secrets), flags: saved.flags }
}

/** The destination works again: its pause ends, and whatever waits is sent. */
async function recover(c: RequestContext, destinationId: number): Promise<void> {
  await retryTransient(() => c.var.db.batch(recordRecovery(destinationId, Date.now())))
  notifyLater(c, [destinationId])
}

function notSent(reason: string): z.input<typeof testShape> {
  return { success: false, reason, ms: 0, requests: [], notes: {} }
}
