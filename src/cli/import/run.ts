import { createInterface } from 'node:readline/promises'
import { ApiClient, ApiError } from '../client.ts'
import { CommandError } from '../command.ts'
import { quoteUnlessName, type Terminal } from '../terminal.ts'
import type { Options, Secrets } from './options.ts'
import { applyProject, isPending, type Plan, type ProjectPlan, planProject } from './plan.ts'
import { writePlan } from './plan-file.ts'
import { showPlan, showProblems, summaryOf } from './report.ts'
import { checkReturnsSecrets, Source, type SourceProject } from './source.ts'
import { addressesOf, isFor, unusedEntries } from './supplied.ts'
import { Target } from './target.ts'

interface Import {
  options: Options
  terminal: Terminal
  source: Source
  target: Target
}

/** Plans an import, asks, and applies it. Returns the exit code. */
export async function runImport(options: Options, terminal: Terminal): Promise<number> {
  for (const value of [options.token, options.toToken, ...valuesOf(options.secrets)]) terminal.hide(value)
  const sourceClient = await connect(terminal, 'the source', options.from, options.token)
  if (options.withSecrets) await checkReturnsSecrets(sourceClient)
  const source = new Source(sourceClient, options.withSecrets)
  const target = new Target(await connect(terminal, 'the target', options.to, options.toToken))
  const context = { options, terminal, source, target }
  const plan = await makePlan(context)
  savePlan(options, plan)
  showPlan(terminal, plan)
  terminal.print('', summaryOf(plan), `The plan is in ${options.planFile}.`)
  const wasApplied = await confirmAndApply(context, plan)
  return wasApplied && plan.failures.length === 0 && countRefused(plan) === 0 ? 0 : 1
}

function valuesOf(secrets: Secrets): string[] {
  return Object.values(secrets).flatMap((services) => Object.values(services).flatMap((names) => Object.values(names)))
}

/** Checks the address and the token once, so that neither fails anew for each project. */
async function connect(terminal: Terminal, name: string, url: string, token: string): Promise<ApiClient> {
  const client = new ApiClient({ name, url, token, progress: (text) => terminal.progress(text) })
  try {
    await client.get('/user')
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 401) throw asCommandError(terminal, error)
  }
  return client
}

async function makePlan({ options, terminal, source, target }: Import): Promise<Plan> {
  const failures: Plan['failures'] = []
  const projects: ProjectPlan[] = []
  const places = options.projects ?? (await listProjects(source, terminal))
  for (const [at, place] of places.entries()) {
    const path = typeof place === 'string' ? place : place.path
    await collectFailure(terminal, failures, path, async () => {
      const project = typeof place === 'string' ? await source.findProject(place) : place
      if (projects.some((earlier) => earlier.project.id === project.id)) return
      const planned = await planProject(source, target, project, options.secrets)
      hideSecrets(terminal, planned)
      projects.push(planned)
      terminal.progress(`[${at + 1}/${places.length}] ${path}: ${planned.imports.size} services to import`)
    })
  }
  return { projects, failures, unused: unusedEntries(options.secrets, isUsedBy(projects)) }
}

async function listProjects(source: Source, terminal: Terminal): Promise<SourceProject[]> {
  try {
    return await source.listProjects((count) => terminal.progress(`${count} projects found`))
  } catch (error) {
    throw asCommandError(terminal, error)
  }
}

function hideSecrets(terminal: Terminal, { imports }: ProjectPlan): void {
  for (const { values, secrets } of imports.values())
    for (const { name } of secrets) terminal.hide(String(values[name]))
}

/** Returns whether a name in the secrets file is a secret that is sent, or an address beside it. */
function isUsedBy(projects: readonly ProjectPlan[]) {
  return (path: string, slug: string, name: string): boolean =>
    projects
      .filter(({ project }) => isFor(path, project.path))
      .map(({ imports }) => imports.get(slug))
      .some(
        (translated) =>
          translated?.secrets.some((secret) => secret.name === name) ||
          (translated && addressesOf(translated.service).some((param) => param.name === name)),
      )
}

function savePlan(options: Options, plan: Plan): void {
  try {
    writePlan(options.planFile, options, plan)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError([`--plan: the file cannot be written (${code})`], 'Nothing was changed.')
  }
}

/** Returns false if the plan was not applied although there was something to apply. */
async function confirmAndApply(context: Import, plan: Plan): Promise<boolean> {
  const { options, terminal } = context
  const pending = plan.projects.filter(isPending)
  if (options.dryRun || pending.length === 0) {
    terminal.print(options.dryRun ? 'Nothing was changed: --dry-run.' : 'There is nothing to change.')
    return true
  }
  if (!options.yes && !process.stdin.isTTY) {
    terminal.print('Nothing was changed: there is no terminal to ask at, and no --yes.')
    return false
  }
  if (!options.yes && !(await confirm(`Apply this to ${pending.length} projects of ${options.to}? [y/N] `))) {
    terminal.print('Nothing was changed.')
    return true
  }
  await apply(context, plan, pending)
  return true
}

async function confirm(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  const reply = await prompt.question(`\n${question}`).catch(() => '') // Ctrl+C and Ctrl+D
  prompt.close()
  return ['y', 'yes'].includes(reply.trim().toLowerCase())
}

async function apply({ terminal, target }: Import, plan: Plan, pending: readonly ProjectPlan[]): Promise<void> {
  const before = { refused: countRefused(plan), failures: plan.failures.length }
  let created = 0
  let written = 0
  for (const [at, planned] of pending.entries()) {
    const { path } = planned.project
    const isNew = planned.id === undefined
    await collectFailure(terminal, plan.failures, path, async () => {
      await applyProject(target, planned)
      const count = planned.changes.filter(({ action }) => action !== 'unchanged').length
      terminal.progress(`[${at + 1}/${pending.length}] ${path}: ${count} services written`)
      written += count
    })
    if (isNew && planned.id !== undefined) created++
  }
  const refused = countRefused(plan)
  if (refused > before.refused || plan.failures.length > before.failures) showProblems(terminal, plan)
  const counts = `${created} projects created, ${written} services written`
  terminal.print('', `Done: ${counts}; ${refused} refused, ${plan.failures.length} failed.`)
}

/** Records what goes wrong with one project, so that the others continue. */
async function collectFailure(
  terminal: Terminal,
  failures: Plan['failures'],
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    failures.push({ path, reason })
    terminal.progress(`${quoteUnlessName(path)}: failed: ${reason}`)
  }
}

function countRefused({ projects }: Plan): number {
  return projects.reduce((count, { refused }) => count + refused.length, 0)
}

/** The message may quote the other side, so it is made one visible line. */
function asCommandError(terminal: Terminal, error: unknown): CommandError {
  const message = error instanceof Error ? error.message : String(error)
  return new CommandError([terminal.clean(message)], 'Nothing was changed.')
}
