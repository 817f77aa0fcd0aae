import { Hono } from 'hono'
import type * as z from 'zod'
import type { AppEnv, RequestContext } from '../env.ts'
import { errors, isTransient, logError, movedMessage } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { fileParameters } from '../middleware/parameters.ts'
import { rules } from '../middleware/rules.ts'
import { isStrict, nameIgnored } from '../middleware/unknown.ts'
import { validate } from '../middleware/validation.ts'
import { applyBody, planBody } from '../schema/plan.ts'
import type { Settings } from '../schema/tables.ts'
import { mayReadSecrets } from '../settings/actor.ts'
import { type Applied, type ApplyRequest, apply } from '../settings/apply.ts'
import { parseDesired } from '../settings/desired.ts'
import { refusalOf, type Step } from '../settings/plan.ts'
import { presentIgnored, presentPlan, summarize } from '../settings/present-step.ts'
import { listSettings, listSettingsOf, type Projects } from '../store/settings.ts'
import { allowsLocalNetwork, isDevelopment } from './services.ts'

const MAX_SERVICES = 100
const MAX_NAMES = 100
/** Projects of one call: each is a transaction of its own, and all must be done before the request times out. */
const STEP = 25

type Body = z.output<typeof planBody>
type ManyBody = z.output<typeof applyBody>

const METHODS = ['PUT', 'PATCH'] as const

const findAll = ({ project }: Lookup) => ({ settings: listSettings(project, false) })

const findSelected = ({ c }: Lookup) => {
  const { data: body } = applyBody.safeParse(c.get('parameters'))
  const slugs = body?.prune ? null : Object.keys(body?.services ?? {}).slice(0, MAX_SERVICES)
  return { projects: listSettingsOf(body ? batchQuery(body) : { ids: [] }, slugs) }
}

/** The settings of many services at once: `/projects/:id/services`, and `/integrations`. */
export const plansHandler = new Hono<AppEnv>().on(
  [...METHODS],
  '/',
  fileParameters,
  access(rules.writeSettings, findAll),
  async (c) => {
    const body = validate(c, planBody, { isOwn: true })
    const request = toRequest(c, body)
    const steps = applied(await apply(request, c.var.projectId, c.var.rows.settings), request)
    const { ignored } = request.desired
    nameIgnored(c, ignored)
    return c.json(presentPlan({ dryRun: body.dry_run, steps, ignored }, mayReadSecrets(c.var.actor)))
  },
)

/** The same for many projects, a bounded step of them a call: `/services/apply`. */
export const manyPlansHandler = new Hono<AppEnv>().on(
  [...METHODS],
  '/apply',
  fileParameters,
  access(rules.instance, findSelected),
  async (c) => {
    const body = validate(c, applyBody, { isOwn: true })
    const request = toRequest(c, body)
    const refusal = refusalOf(request)
    if (refusal) throw refused(refusal, request)

    const found = Map.groupBy(c.var.rows.projects, ({ project }) => project.id)
    const { ids, next } = idsOf(body, [...found.keys()])
    const results = []
    for (const id of ids) {
      const rows = found.get(id)
      if (!rows) results.push({ id, path_with_namespace: null, ...FAILED, message: '404 Project Not Found' })
      else {
        const settings = rows.flatMap(({ settings }) => settings ?? [])
        const result = await applyToProject(request, id, settings)
        results.push({ id, path_with_namespace: rows[0]?.project.fullPath, ...result })
      }
    }
    nameIgnored(c, request.desired.ignored)
    const counts = { [finalStatus(request)]: 0, unchanged: 0, failed: 0 }
    return c.json({
      dry_run: body.dry_run,
      projects: results,
      summary: { ...counts, ...countBy(results.map(({ status }) => status)) },
      next_after: next,
      ...presentIgnored(request.desired.ignored),
    })
  },
)

const FAILED = { status: 'failed' } as const

function toRequest(c: RequestContext, { services, dry_run: dryRun, prune }: Body): ApplyRequest {
  const { db, keyRing, actor } = c.var
  const method = c.req.method === 'PUT' ? 'PUT' : 'PATCH'
  if (method === 'PATCH' && prune) throw errors.rules({ prune: ['needs a PUT'] })
  if (Object.keys(services).length > MAX_SERVICES) throw errors.unreadable('Too many services')
  const isLong = (sent: unknown) => typeof sent === 'object' && Object.keys(sent ?? {}).length > MAX_NAMES
  if (Object.values(services).some(isLong)) throw errors.unreadable('Too many parameters')
  const desired = parseDesired(services, { isDevelopment: isDevelopment(c), isStrict: isStrict(c) })
  const options = { allowLocalNetwork: allowsLocalNetwork(c), isDevelopment: isDevelopment(c) }
  return { db, keyRing, actor, desired, method, prune, dryRun, ...options }
}

/** @throws the error of a plan that did not come about */
function applied(outcome: Applied, request: ApplyRequest): readonly Step[] {
  if (outcome.kind === 'planned') return outcome.steps
  throw refused(outcome, request)
}

function refused(outcome: Exclude<Applied, { kind: 'planned' }>, { desired }: ApplyRequest) {
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

/** What became of one project of many. Whatever goes wrong with it is no matter of the others. */
async function applyToProject(request: ApplyRequest, id: number, rows: readonly Settings[]) {
  try {
    const outcome = await apply(request, id, rows)
    if (outcome.kind === 'planned') {
      const isUnchanged = outcome.steps.every(({ action }) => action === 'unchanged' || action === 'absent')
      const status = isUnchanged ? 'unchanged' : finalStatus(request)
      return { status, summary: summarize(outcome.steps) }
    }
    if (outcome.kind === 'gone') return { ...FAILED, message: '404 Project Not Found' }
    if (outcome.kind === 'conflict') return { ...FAILED, message: '503 Service Unavailable' }
    if (outcome.kind === 'moved') return { ...FAILED, message: movedMessage(outcome.names) }
    return { ...FAILED, message: '400 Bad Request', errors: outcome.fields }
  } catch (error) {
    logError(error)
    return { ...FAILED, message: isTransient(error) ? '503 Service Unavailable' : '500 Internal Server Error' }
  }
}

function finalStatus({ dryRun }: ApplyRequest): 'planned' | 'applied' {
  return dryRun ? 'planned' : 'applied'
}

/** The projects that a call asks the database for: one more than it handles, to see whether there are more. */
function batchQuery(body: ManyBody): Projects {
  const { after, projects } = body
  if (projects.path_prefix !== undefined) return { prefix: projects.path_prefix, after, limit: STEP + 1 }
  return { ids: wantedIds(body).slice(0, STEP) }
}

/** The projects that a call handles, and the last of them if others follow. */
function idsOf(body: ManyBody, found: readonly number[]): { ids: number[]; next: number | null } {
  const candidates =
    body.projects.path_prefix === undefined ? wantedIds(body) : found.toSorted((one, other) => one - other)
  const ids = candidates.slice(0, STEP)
  return { ids, next: candidates.length > STEP ? (ids.at(-1) ?? null) : null }
}

function wantedIds({ after, projects }: ManyBody): number[] {
  const ids = new Set(projects.ids)
  return [...ids].filter((id) => id > after).toSorted((one, other) => one - other)
}

function countBy(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, { length }]) => [word, length]))
}
