import { createInterface } from 'node:readline/promises'
import { type Api, ApiError, connect } from './import/api.ts'
import { type Options, readOptions, type Secrets } from './import/options.ts'
import { openOutput } from './import/output.ts'
import {
  applyProject,
  isPending,
  type Plan,
  type ProjectPlan,
  planProject,
  unusedSecrets,
  writePlan,
} from './import/plan.ts'
import { showPlan, showProblems, summaryOf } from './import/report.ts'
import { openSource, type SourceProject } from './import/source.ts'
import { openTarget } from './import/target.ts'

const output = openOutput()
const options = readOptions(process.argv.slice(2))
hideSecrets(options)
const source = openSource(await open('the source', options.from, options.token))
const target = openTarget(await open('the target', options.to, options.toToken))
const plan = await makePlan()
process.exitCode = (await carryOut()) && isClean(plan) ? 0 : 1

function hideSecrets({ token, toToken, secrets }: Options): void {
  for (const value of [token, toToken, ...valuesOf(secrets)]) output.hide(value)
}

function valuesOf(secrets: Secrets): string[] {
  return Object.values(secrets).flatMap((services) => Object.values(services).flatMap((names) => Object.values(names)))
}

/** Asks who the token is: one that is not accepted, or nobody there, is said once and not for each project. */
async function open(name: string, url: string, token: string): Promise<Api> {
  const api = connect({ name, url, token, progress: output.progress })
  await api.get('/user').catch((error: unknown) => {
    if (error instanceof ApiError && error.status !== 401) return
    end(error)
  })
  return api
}

async function makePlan(): Promise<Plan> {
  const failures: Plan['failures'] = []
  const projects: ProjectPlan[] = []
  const places = await listProjects()
  for (const [at, place] of places.entries()) {
    const path = typeof place === 'string' ? place : place.path
    await orFail(failures, path, async () => {
      const project = typeof place === 'string' ? await source.project(place) : place
      if (projects.some((planned) => planned.project.id === project.id)) return
      const planned = await planProject(source, target, project, options.secrets)
      for (const { values, secrets } of planned.drafts.values())
        for (const name of secrets) output.hide(String(values[name]))
      projects.push(planned)
      output.progress(`[${at + 1}/${places.length}] ${path}: ${planned.drafts.size} services to import`)
    })
  }
  return { projects, failures, unused: unusedSecrets(options.secrets, projects) }
}

async function listProjects(): Promise<readonly (string | SourceProject)[]> {
  if (options.projects) return options.projects
  return source.projects((soFar) => output.progress(`${soFar} projects found`)).catch(end)
}

/** Shows the plan and, once that is wanted, applies it. False where it was not applied though it was to be. */
async function carryOut(): Promise<boolean> {
  try {
    writePlan(options.planFile, options, plan)
  } catch (error) {
    end(error)
  }
  showPlan(output, plan)
  output.print(`\n${summaryOf(plan)}\nThe plan is in ${options.planFile}.`)
  const pending = plan.projects.filter(isPending)
  if (options.dryRun || pending.length === 0) {
    output.print(options.dryRun ? 'Nothing was changed: --dry-run.' : 'There is nothing to change.')
    return true
  }
  if (!options.yes && !process.stdin.isTTY) {
    output.print('Nothing was changed: there is no terminal to ask at, and no --yes.')
    return false
  }
  if (!options.yes && !(await isAgreed(pending.length))) {
    output.print('Nothing was changed.')
    return true
  }
  await apply(pending)
  return true
}

async function isAgreed(count: number): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const question = `\nApply this to ${count} projects of ${options.to}? [y/N] `
  const answer = await terminal.question(question).catch(() => '') // Ctrl+C and Ctrl+D
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

async function apply(pending: readonly ProjectPlan[]): Promise<void> {
  const before = { refused: countRefused(), failures: plan.failures.length }
  let created = 0
  let written = 0
  for (const [at, planned] of pending.entries()) {
    const { path } = planned.project
    const isNew = planned.id === undefined
    await orFail(plan.failures, path, async () => {
      await applyProject(target, planned)
      const count = planned.changes.filter(({ action }) => action !== 'unchanged').length
      output.progress(`[${at + 1}/${pending.length}] ${path}: ${count} services written`)
      written += count
    })
    if (isNew && planned.id !== undefined) created++
  }
  if (countRefused() > before.refused || plan.failures.length > before.failures) showProblems(output, plan)
  output.print(
    `\nDone: ${created} projects created, ${written} services written; ${countRefused()} refused, ${plan.failures.length} failed.`,
  )
}

/** What goes wrong with one project does not keep the others. */
async function orFail(failures: Plan['failures'], path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    failures.push({ path, reason })
    output.progress(`${path}: failed: ${reason}`)
  }
}

function isClean({ failures }: Plan): boolean {
  return failures.length === 0 && countRefused() === 0
}

function countRefused(): number {
  return plan.projects.reduce((count, { refused }) => count + refused.length, 0)
}

function end(error: unknown): never {
  output.progress(`\n✘ ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
