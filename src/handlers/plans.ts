import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { access, type Lookup } from '../middleware/access.ts'
import { fileParameters } from '../middleware/parameters.ts'
import { nameIgnored } from '../middleware/unknown.ts'
import { validate } from '../middleware/validation.ts'
import { planBody } from '../schema/plan.ts'
import { rules } from '../schema/rules.ts'
import { mayReadSecrets } from '../settings/actor.ts'
import { apply } from '../settings/apply.ts'
import { presentPlan } from '../settings/present-step.ts'
import { listSettings } from '../store/settings.ts'
import { planError, toApplyRequest } from './plan-request.ts'

const findAll = ({ project }: Lookup) => ({ settings: listSettings(project, false) })

/** The settings of many services of a project at once: `/projects/:id/services`, and `/integrations`. */
export const plansHandler = new Hono<AppEnv>().on(
  ['PUT', 'PATCH'],
  '/',
  fileParameters,
  access(rules.writeSettings, findAll),
  async (c) => {
    const body = validate(c, planBody, { isOwn: true })
    const request = toApplyRequest(c, body)
    const outcome = await apply(request, c.var.projectId, c.var.rows.settings)
    if (outcome.kind !== 'planned') throw planError(outcome, request)
    const { ignored } = request.desired
    nameIgnored(c, ignored)
    const { steps } = outcome
    return c.json(presentPlan({ dryRun: body.dry_run, steps, ignored }, mayReadSecrets(c.var.actor)))
  },
)
