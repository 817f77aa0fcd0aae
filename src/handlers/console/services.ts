import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type Clash, clashesOf, rebased } from '../../console/conflict.ts'
import { changesAnything, type Entry, parametersOf, type Shown, shownOf } from '../../console/form.ts'
import { ServicePage, type TestResult } from '../../console/service.tsx'
import { Services } from '../../console/services.tsx'
import { presentHealth } from '../../delivery/present.ts'
import type { AppEnv } from '../../env.ts'
import { errors } from '../../errors.ts'
import { access, type Lookup } from '../../middleware/access.ts'
import type { FieldErrors } from '../../schema/issues.ts'
import { rules } from '../../schema/rules.ts'
import type { Service } from '../../schema/service.ts'
import type { AuditEntry, Project, Settings } from '../../schema/tables.ts'
import { parse } from '../../settings/parse.ts'
import { reset } from '../../settings/reset.ts'
import { type SaveRefusal, save } from '../../settings/save.ts'
import { listEntries } from '../../store/audit.ts'
import { listHealth } from '../../store/delivery-log.ts'
import { INSTANCE } from '../../store/project-read.ts'
import { findProject } from '../../store/projects.ts'
import { findSettings, listSettings } from '../../store/settings.ts'
import { loadService } from '../load-service.ts'
import { etagOf } from '../preconditions.ts'
import { runTest } from '../service-test.ts'
import { catalogueOf } from './catalogue.ts'
import { doneText } from './done.ts'
import { fieldErrorsOf } from './field-errors.ts'
import { readForm, textOf } from './form-data.ts'
import { placeOf, respond } from './place.ts'

/** Entries of the trail beside a form. */
const RECENT = 5
/** Entries that a conflict is made of. */
const MISSED = 20

const entriesOf = (project: Lookup['project'], slug: string, limit: number) =>
  listEntries(project, { subject: slug, after: null, before: null }, limit, 0)

const findList = ({ project }: Lookup) => ({
  settings: listSettings(project, false),
  project: findProject(project),
  health: listHealth(project),
})

const findOne = ({ project, c }: Lookup) => {
  const slug = c.req.param('slug') ?? ''
  return {
    settings: findSettings(project, slug),
    project: findProject(project),
    entries: entriesOf(project, slug, RECENT),
  }
}

interface Rows {
  settings: Settings | null
  project: Project | null
  entries: readonly AuditEntry[]
}

type FormContext = Context<AppEnv & { Variables: { rows: Rows; service: Service; entry: Entry } }>

/** Loads what the catalogue says of the service. Runs after `loadService`. */
const loadEntry = createMiddleware<AppEnv & { Variables: { service: Service; entry: Entry } }>(async (c, next) => {
  const entry = (await catalogueOf(c)).find(({ slug }) => slug === c.var.service.slug)
  if (!entry) throw errors.notFound('Service')
  c.set('entry', entry)
  await next()
})

/** The services of a project, and the form of each. */
export const servicesPages = new Hono<AppEnv>()
  .get('/', access(rules.readSettings, findList), async (c) => {
    const { settings, project, health } = c.var.rows
    const entries = await catalogueOf(c)
    return respond(
      c,
      Services({
        place: placeOf(c, project),
        entries,
        settings: settings.filter((row) => entries.some(({ slug }) => slug === row.slug)),
        healthOf: ({ id }) => presentHealth(health.find(({ settingsId }) => settingsId === id)).state,
        done: doneText(c),
        now: Date.now(),
      }),
    )
  })
  .get('/services/:slug', access(rules.readSettings, findOne), loadService, loadEntry, (c) => respond(c, formPage(c)))
  .post('/services/:slug', access(rules.writeSettings, findOne), loadService, loadEntry, async (c) => {
    const form = await readForm(c)
    switch (textOf(form, 'intent')) {
      case 'delete':
        return remove(c, form)
      case 'test':
        return test(c, form)
      default:
        return submit(c, form)
    }
  })

/** Returns whether the saved row is the one that a form was made for. */
function isVersion(form: FormData) {
  const etag = textOf(form, 'etag')
  return (saved: Settings | null) => tagOf(saved) === etag
}

/** The version that a form is made for; empty where nothing is saved. */
function tagOf(settings: Settings | null): string {
  return settings ? etagOf(settings) : ''
}

async function remove(c: FormContext, form: FormData): Promise<Response> {
  const { db, actor, projectId, rows } = c.var
  const outcome = await reset({ db, actor, isExpected: isVersion(form) }, rows.settings)
  if (outcome === 'conflict') throw errors.unavailable()
  const target = outcome === 'unexpected' ? `${c.req.path}?done=moved` : `/console/projects/${projectId}?done=deleted`
  return c.redirect(target, 303)
}

async function submit(c: FormContext, form: FormData): Promise<Response> {
  const { db, keyRing, actor, projectId, service, entry, rows, deployment } = c.var
  const saved = rows.settings
  const parameters = parametersOf(service, entry, saved, form)
  const request = { db, keyRing, actor, projectId, service, sent: parse(service, parameters), method: 'PUT' } as const
  const { allowLocalNetwork } = deployment
  const outcome = await save({ ...request, allowLocalNetwork, isExpected: isVersion(form) }, saved)
  if (outcome.kind !== 'saved') return refuse(c, form, outcome, shownOf(service, saved, parameters))
  const isUnchanged = tagOf(saved) === tagOf(outcome.settings)
  const done = saved === null ? 'created' : isUnchanged ? 'unchanged' : 'changed'
  return c.redirect(`${c.req.path}?done=${done}`, 303)
}

/** Sends a test of what the form holds, saved or not, and shows what came of it. */
async function test(c: FormContext, form: FormData): Promise<Response> {
  const { service, entry, projectId, rows } = c.var
  const { settings, project } = rows
  if (!project) throw errors.notFound('Project')
  const parameters = parametersOf(service, entry, settings, form)
  const shown = shownOf(service, settings, parameters)
  const isSaved = settings !== null && !changesAnything(service, settings, parameters)
  const attempt = { shown, etag: textOf(form, 'etag'), isUnsaved: !isSaved }
  try {
    const body = isSaved ? {} : { parameters }
    const result = await runTest(c, { service, projectId, project, settings, trigger: undefined, body })
    return respond(c, formPage(c, { ...attempt, result }))
  } catch (error) {
    return respond(c, formPage(c, { ...attempt, errors: await fieldErrorsOf(error) }), 422)
  }
}

/** Returns the form again, with what keeps it from being saved. */
async function refuse(c: FormContext, form: FormData, outcome: SaveRefusal, shown: Shown): Promise<Response> {
  switch (outcome.kind) {
    case 'invalid':
    case 'violations':
      return respond(c, formPage(c, { shown, errors: outcome.fields, etag: textOf(form, 'etag') }), 422)
    case 'unexpected':
    case 'moved':
      return showConflict(c, form, shown)
    case 'conflict':
      throw errors.unavailable()
    default:
      throw errors.notFound('Project')
  }
}

/** Lays the form over what others saved meanwhile, and shows both. */
async function showConflict(c: FormContext, form: FormData, shown: Shown): Promise<Response> {
  const { db, projectId, service } = c.var
  const [{ value: settings }, entries] = await db.batch([
    findSettings(projectId, service.slug).as(INSTANCE),
    entriesOf(projectId, service.slug, MISSED).as(INSTANCE),
  ] as const)
  const since = Number(/-(\d+)"$/.exec(textOf(form, 'etag'))?.[1] ?? 0)
  const missed = entries.slice(0, Math.max(1, (settings?.version ?? 1) - since))
  const clashes = clashesOf(missed, shown)
  c.set('rows', { ...c.var.rows, settings, entries: entries.slice(0, RECENT) })
  return respond(c, formPage(c, { shown: rebased(shown, shownOf(service, settings), clashes), clashes }), 409)
}

interface Attempt {
  shown?: Shown
  /** The result of a test. */
  result?: TestResult
  isUnsaved?: boolean
  errors?: FieldErrors
  clashes?: readonly Clash[]
  /** The version that the form goes on being made for. */
  etag?: string
}

function formPage(c: FormContext, attempt: Attempt = {}) {
  const { actor, service, entry, rows } = c.var
  return ServicePage({
    place: placeOf(c, rows.project),
    service,
    entry,
    settings: rows.settings,
    etag: attempt.etag ?? tagOf(rows.settings),
    shown: attempt.shown ?? shownOf(service, rows.settings),
    errors: attempt.errors ?? {},
    clashes: attempt.clashes ?? [],
    entries: rows.entries,
    result: attempt.result,
    isUnsaved: attempt.isUnsaved ?? attempt.shown !== undefined,
    canWrite: actor.scopes.includes('api'),
    done: doneText(c),
    now: Date.now(),
  })
}
