import { Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { parameters } from '../middleware/parameters.ts'
import { queryOnce } from '../middleware/query.ts'
import { rules } from '../middleware/rules.ts'
import { nameIgnored } from '../middleware/unknown.ts'
import { flagOf, isOn } from '../schema/events.ts'
import type { Choices } from '../schema/issues.ts'
import type { Service } from '../schema/service.ts'
import { itemQuery, listQuery } from '../schema/settings.ts'
import type { Settings } from '../schema/tables.ts'
import { closestSlug, findService } from '../services/registry.ts'
import { exportSettings } from '../settings/export.ts'
import { parse } from '../settings/parse.ts'
import { presentLong, presentShort } from '../settings/present.ts'
import { type ResetOutcome, reset } from '../settings/reset.ts'
import { type Outcome, save } from '../settings/save.ts'
import { describeUnreadable, logUnreadable, tryOpenSecrets } from '../settings/vault.ts'
import { findSettings, listSettings } from '../store/settings.ts'
import { answerExport } from './export.ts'
import { etagOf, isFresh, preconditions } from './preconditions.ts'

const oneQuery = queryOnce(itemQuery)
const manyQuery = queryOnce(listQuery)

const readRule = (_actor: unknown, c: RequestContext) =>
  oneQuery.peek(c).with_secrets ? rules.readSecrets : rules.readSettings

const findList = ({ project, c }: Lookup) => {
  const query = manyQuery.peek(c)
  return { settings: listSettings(project, query.active === 'true' && !query.export) }
}

const findOne = ({ project, c }: Lookup) => ({ settings: findSettings(project, c.req.param('slug') ?? '') })

/** The service that the path names: spoken of only to those who may use it. */
const service = createMiddleware<AppEnv & { Variables: { service: Service } }>(async function service(c, next) {
  const slug = c.req.param('slug') ?? ''
  const found = findService(slug, isDevelopment(c))
  if (!found) throw unknownService(c, slug)
  c.set('service', found)
  await next()
})

/** The settings of a project: `/projects/:id/services`, and `/integrations` as GitLab calls them today. */
export const servicesHandler = new Hono<AppEnv>()
  .get('/', access(readRule, findList), async (c) => {
    const query = manyQuery.read(c)
    const rows = c.var.rows.settings.toSorted((one, other) => one.id - other.id)
    const entries = rows.flatMap((settings) => {
      const service = findService(settings.slug, isDevelopment(c))
      return service && (query.export || isListed(query, service, settings)) ? { service, settings } : []
    })
    if (query.export)
      return answerExport(
        c,
        entries.map(({ service, settings }) => exportSettings(service, settings)),
      )
    if (query.with_secrets) {
      const all = await Promise.all(entries.map((entry) => withSecrets(c, entry)))
      c.set('secretsRead', readSlugs(all))
      return c.json(all, 200, NO_STORE)
    }
    const present = query.with_properties ? presentLong : presentShort
    return c.json(entries.map(({ service, settings }) => present(service, settings)))
  })
  .get('/:slug{[^/.]+}', access(readRule, findOne), service, async (c) => {
    const query = oneQuery.read(c)
    const service = c.get('service')
    const { settings } = c.var.rows
    if (!settings) throw errors.notFound('Service')
    c.header('ETag', etagOf(settings))
    if (isFresh(c.req.raw.headers, settings)) return c.body(null, 304)
    if (!query.with_secrets) return c.json(presentLong(service, settings))
    const shown = await withSecrets(c, { service, settings })
    c.set('secretsRead', readSlugs([shown]))
    return c.json(shown, 200, NO_STORE)
  })
  .on(['PUT', 'PATCH'], '/:slug{[^/.]+}', parameters, access(rules.writeSettings, findOne), service, async (c) => {
    const { db, keyRing, actor, projectId, service, rows } = c.var
    const sent = parse(service, c.var.parameters)
    const method = c.req.method === 'PUT' ? 'PUT' : 'PATCH'
    const isExpected = preconditions(c.req.raw.headers)
    const allowLocalNetwork = allowsLocalNetwork(c)
    const request = { db, keyRing, actor, projectId, service, sent, method, allowLocalNetwork, isExpected } as const
    const settings = saved(await save(request, rows.settings), sent.allowed)
    nameIgnored(c, sent.ignored)
    const notes = service.notes(sent.values)
    c.header('ETag', etagOf(settings))
    return c.json(presentLong(service, settings, { notes }))
  })
  .delete('/:slug{[^/.]+}', parameters, access(rules.writeSettings, findOne), service, async (c) => {
    const { db, actor, rows } = c.var
    const isExpected = preconditions(c.req.raw.headers)
    checkReset(await reset({ db, actor, isExpected }, rows.settings))
    return c.body(null, 204)
  })

const NO_STORE = { 'Cache-Control': 'no-store' }

export function isDevelopment(c: RequestContext): boolean {
  return c.env.ENVIRONMENT === 'development'
}

/** The 404 of a slug, with the one that was meant, where that can be guessed. */
export function unknownService(c: RequestContext, slug: string) {
  const guess = closestSlug(slug, isDevelopment(c))
  return errors.notFound('Service', guess && `Did you mean ${guess}?`)
}

/** `ALLOW_LOCAL_NETWORK` decides; where it is unset, development does. */
export function allowsLocalNetwork(c: RequestContext): boolean {
  const word = c.env.ALLOW_LOCAL_NETWORK
  return word ? word === 'true' || word === '1' : isDevelopment(c)
}

function isListed({ active, event }: z.output<typeof listQuery>, service: Service, settings: Settings): boolean {
  if (active !== 'all' && settings.active !== (active === 'true')) return false
  return event === undefined || (service.events.includes(event) && isOn(settings.flags, flagOf(event)))
}

async function withSecrets(c: RequestContext, { service, settings }: { service: Service; settings: Settings }) {
  const savedSecrets = await tryOpenSecrets(c.var.keyRing, settings)
  if (savedSecrets === null) logUnreadable([describeUnreadable(c.var.keyRing, settings)])
  return presentLong(service, settings, { savedSecrets })
}

/** Returns the services whose secrets were shown, for the log. */
function readSlugs(shown: readonly ReturnType<typeof presentLong>[]): string[] {
  return shown.filter(({ unreadable }) => !unreadable).map(({ slug }) => slug)
}

/** @throws the error of a save that did not come about */
function saved(outcome: Outcome, allowed: Choices): Settings {
  switch (outcome.kind) {
    case 'saved':
      return outcome.settings
    case 'invalid':
      throw errors.parameters(outcome.fields)
    case 'violations':
      throw errors.rules(outcome.fields, allowed)
    case 'nothing to inherit':
      throw errors.badRequest('Default integration not found.')
    case 'absent':
      throw errors.notFound('Service')
    case 'no project':
      throw errors.notFound('Project')
    case 'unexpected':
      throw errors.preconditionFailed()
    case 'moved':
      throw errors.moved(outcome.names)
    case 'conflict':
      throw errors.unavailable()
  }
}

function checkReset(outcome: ResetOutcome): void {
  if (outcome === 'absent') throw errors.notFound('Service')
  if (outcome === 'unexpected') throw errors.preconditionFailed()
  if (outcome === 'conflict') throw errors.unavailable()
}
