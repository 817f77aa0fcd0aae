import { Hono } from 'hono'
import type { HTTPException } from 'hono/http-exception'
import type * as z from 'zod'
import { presentHealth } from '../delivery/present.ts'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { queryOnce } from '../middleware/query.ts'
import { checkForm, isStrict, nameIgnored } from '../middleware/unknown.ts'
import { validate } from '../middleware/validation.ts'
import { flagOf, isOn } from '../schema/events.ts'
import { rules } from '../schema/rules.ts'
import type { Service } from '../schema/service.ts'
import { itemQuery, listQuery, writeQuery } from '../schema/settings.ts'
import type { Settings } from '../schema/tables.ts'
import { type Actor, mayReadSecrets } from '../settings/actor.ts'
import { exportSettings } from '../settings/export.ts'
import { parse } from '../settings/parse.ts'
import type { Step } from '../settings/plan.ts'
import { presentLong, presentShort } from '../settings/present.ts'
import { presentPlan } from '../settings/present-step.ts'
import { planReset, type ResetOutcome, reset } from '../settings/reset.ts'
import { planSave, save } from '../settings/save.ts'
import { openOrLog } from '../settings/vault.ts'
import { type HealthRow, listHealth } from '../store/delivery-log.ts'
import { findSettings, listSettings } from '../store/settings.ts'
import { respondWithExport } from './export.ts'
import { loadService } from './load-service.ts'
import { etagOf, isFresh, preconditions } from './preconditions.ts'
import { saveError } from './save-error.ts'

const oneQuery = queryOnce(itemQuery)
const manyQuery = queryOnce(listQuery)

const readRule = (_actor: unknown, c: RequestContext) =>
  oneQuery.peek(c).with_secrets ? rules.readSecrets : rules.readSettings

const findList = ({ project, c }: Lookup) => {
  const query = manyQuery.peek(c)
  const settings = listSettings(project, query.active === 'true' && !query.export)
  return query.with_delivery ? { settings, health: listHealth(project) } : { settings }
}

const findOne = ({ project, c }: Lookup) => ({ settings: findSettings(project, c.req.param('slug') ?? '') })

/** The settings of a project: `/projects/:id/services`, and `/integrations` as GitLab calls them today. */
export const servicesHandler = new Hono<AppEnv>()
  .get('/', access(readRule, findList), async (c) => {
    const query = manyQuery.read(c)
    const rows = c.var.rows.settings.toSorted((one, other) => one.id - other.id)
    const entries = rows.flatMap((settings) => {
      const service = c.var.deployment.services.find(settings.slug)
      return service && (query.export || isListed(query, service, settings)) ? { service, settings } : []
    })
    if (query.export)
      return respondWithExport(
        c,
        entries.map(({ service, settings }) => exportSettings(service, settings)),
      )
    if (query.with_secrets) {
      const all = await Promise.all(entries.map((entry) => withSecrets(c, entry)))
      c.set('secretsRead', readSlugs(all))
      c.set('isSecret', true)
      return c.json(withHealth(all, c.var.rows.health))
    }
    const present = query.with_properties ? presentLong : presentShort
    const listed = entries.map(({ service, settings }) => present(service, settings))
    return c.json(withHealth(listed, c.var.rows.health))
  })
  .get('/:slug{[^/.]+}', access(readRule, findOne), loadService, async (c) => {
    const query = oneQuery.read(c)
    const service = c.get('service')
    const { settings } = c.var.rows
    if (!settings) throw errors.notFound('Service')
    c.header('ETag', etagOf(settings))
    if (isFresh(c.req.raw.headers, settings)) return c.body(null, 304)
    if (!query.with_secrets) return c.json(presentLong(service, settings))
    const shown = await withSecrets(c, { service, settings })
    c.set('secretsRead', readSlugs([shown]))
    c.set('isSecret', true)
    return c.json(shown)
  })
  .on(['PUT', 'PATCH'], '/:slug{[^/.]+}', parameters, access(rules.writeSettings, findOne), loadService, async (c) => {
    const { db, keyRing, actor, projectId, service, rows } = c.var
    checkForm(c, (name) => Object.hasOwn(service.request.shape, name))
    const sent = parse(service, c.var.parameters, { isStrict: isStrict(c) })
    const method = c.req.method === 'PUT' ? 'PUT' : 'PATCH'
    const isExpected = preconditions(c.req.raw.headers)
    const { allowLocalNetwork } = c.var.deployment
    const request = { db, keyRing, actor, projectId, service, sent, method, allowLocalNetwork, isExpected } as const
    nameIgnored(c, sent.ignored)
    if (sent.values.dry_run === true) {
      const planned = await planSave(request, rows.settings)
      if (planned.kind !== 'planned') throw saveError(planned, sent.allowed)
      return c.json(presentDryRun(planned.step, sent.ignored, actor))
    }
    const outcome = await save(request, rows.settings)
    if (outcome.kind !== 'saved') throw saveError(outcome, sent.allowed)
    c.header('ETag', etagOf(outcome.settings))
    return c.json(presentLong(service, outcome.settings, { notes: service.notes(sent.values) }))
  })
  .delete('/:slug{[^/.]+}', parameters, access(rules.writeSettings, findOne), loadService, async (c) => {
    const { db, actor, service, rows } = c.var
    const isExpected = preconditions(c.req.raw.headers)
    if (validate(c, writeQuery).dry_run) {
      const step = planReset({ isExpected }, service, rows.settings)
      if (typeof step === 'string') throw resetError(step)
      return c.json(presentDryRun(step, [], actor))
    }
    const outcome = await reset({ db, actor, isExpected }, rows.settings)
    if (outcome !== 'deleted') throw resetError(outcome)
    return c.body(null, 204)
  })

function presentDryRun(step: Step, ignored: readonly string[], actor: Actor) {
  const places = ignored.map((name) => `${step.slug}.${name}`)
  return presentPlan({ dryRun: true, steps: [step], ignored: places }, mayReadSecrets(actor))
}

function isListed({ active, event }: z.output<typeof listQuery>, service: Service, settings: Settings): boolean {
  if (active !== 'all' && settings.active !== (active === 'true')) return false
  return event === undefined || (service.events.includes(event) && isOn(settings.flags, flagOf(event)))
}

/** Adds how the destinations do, if that was asked for. */
function withHealth<T extends { id: number }>(entries: readonly T[], rows: readonly HealthRow[] | undefined) {
  if (rows === undefined) return entries
  return entries.map((entry) => ({
    ...entry,
    delivery: presentHealth(rows.find(({ settingsId }) => settingsId === entry.id)),
  }))
}

async function withSecrets(c: RequestContext, { service, settings }: { service: Service; settings: Settings }) {
  const savedSecrets = await openOrLog(c.var.keyRing, settings)
  return presentLong(service, settings, { savedSecrets })
}

/** Returns the services whose secrets were shown, for the log. */
function readSlugs(shown: readonly ReturnType<typeof presentLong>[]): string[] {
  return shown.filter(({ unreadable }) => !unreadable).map(({ slug }) => slug)
}

function resetError(outcome: Exclude<ResetOutcome, 'deleted'>): HTTPException {
  switch (outcome) {
    case 'absent':
      return errors.notFound('Service')
    case 'unexpected':
      return errors.preconditionFailed()
    case 'conflict':
      return errors.unavailable()
  }
}
