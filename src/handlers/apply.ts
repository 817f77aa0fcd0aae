import { Hono } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'
import { isTransient, logError, movedMessage } from '../errors.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { fileParameters } from '../middleware/parameters.ts'
import { nameIgnored } from '../middleware/unknown.ts'
import { validate } from '../middleware/validation.ts'
import { applyBody } from '../schema/plan.ts'
import { rules } from '../schema/rules.ts'
import type { Settings } from '../schema/tables.ts'
import { type ApplyRequest, apply } from '../settings/apply.ts'
import { refusalOf } from '../settings/plan.ts'
import { presentIgnored, summarize } from '../settings/present-step.ts'
import { listSettingsOf, type Projects } from '../store/settings.ts'
import { MAX_SERVICES, planError, toApplyRequest } from './plan-request.ts'

/** Projects of one call: each is a transaction of its own, and all must be done before the request times out. */
const STEP = 25

type ManyBody = z.output<typeof applyBody>

const findSelected = ({ c }: Lookup) => {
  const { data: body } = applyBody.safeParse(c.get('parameters'))
  const slugs = body?.prune ? null : Object.keys(body?.services ?? {}).slice(0, MAX_SERVICES)
  return { projects: listSettingsOf(body ? batchQuery(body) : { ids: [] }, slugs) }
}

/** The settings of many projects, a bounded number of them a call: `/services/apply`. */
export const applyHandler = new Hono<AppEnv>().on(
  ['PUT', 'PATCH'],
  '/apply',
  fileParameters,
  access(rules.instance, findSelected),
  async (c) => {
    const body = validate(c, applyBody, { isOwn: true })
    const request = toApplyRequest(c, body)
    const refusal = refusalOf(request)
    if (refusal) throw planError(refusal, request)

    const found = Map.groupBy(c.var.rows.projects, ({ project }) => project.id)
    const { ids, next } = idsOf(body, [...found.keys()])
    const results = []
    for (const id of ids) {
      const rows = found.get(id)
      if (!rows) results.push({ id, path_with_namespace: null, ...FAILED, message: '404 Project Not Found' })
      else {
        const settings = rows.flatMap(({ settings: saved }) => saved ?? [])
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

/** Returns the result for one project. Its failure leaves the others alone. */
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
