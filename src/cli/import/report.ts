import { type Output, table } from './output.ts'
import { isPending, type Need, type Note, type Plan, type ProjectPlan } from './plan.ts'
import type { Change, FieldChange } from './target.ts'

const VALUE_LENGTH = 40
const NAMED = 3

/** Shows what is going to happen, and what is not. */
export function showPlan(output: Output, plan: Plan): void {
  const rows = plan.projects.flatMap(rowsOf)
  if (rows.length > 0) output.print(`\n${table([['PROJECT', 'SERVICE', 'ACTION', 'WHAT'], ...rows])}`)
  const needs = (isIn: (need: Need) => boolean) => plan.projects.flatMap((project) => needsOf(project, isIn))
  section(
    output,
    'Secrets to supply with --secrets FILE; until then these services are left out',
    needs((need) => need.reason !== undefined),
  )
  section(
    output,
    'Secrets that may be set at the source; the services work without',
    needs((need) => need.reason === undefined),
  )
  section(output, 'In the secrets file, but of no use', plan.unused)
  showProblems(output, plan)
  section(
    output,
    'Not taken over',
    grouped(plan, ({ notes }) => notes),
  )
}

/** Shows what stood in the way. */
export function showProblems(output: Output, { projects, failures }: Plan): void {
  section(
    output,
    'Refused',
    grouped({ projects }, ({ refused }) => refused),
  )
  section(
    output,
    'Failed',
    failures.map(({ path, reason }) => `${path}: ${reason}`),
  )
}

/** One line that says what the plan comes to. */
export function summaryOf({ projects, failures }: Plan): string {
  const changes = projects.flatMap((project) => project.changes)
  const count = (action: string) => changes.filter((change) => change.action === action).length
  const needs = projects.flatMap((project) => project.needs.filter(({ reason }) => reason !== undefined))
  const refused = projects.flatMap((project) => project.refused)
  return [
    `${projects.length} projects, ${changes.length} services`,
    `${count('create')} to create, ${count('change')} to change, ${count('unchanged')} unchanged`,
    `${needs.length} secrets to supply`,
    `${refused.length} refused, ${failures.length} failed`,
  ].join('; ')
}

function rowsOf(plan: ProjectPlan): string[][] {
  const { project, id, changes } = plan
  const name = id === undefined && isPending(plan) ? `${project.path} (new)` : project.path
  const unchanged = changes.filter(({ action }) => action === 'unchanged').map(({ slug }) => slug)
  const others = changes.filter(({ action }) => action !== 'unchanged')
  return [
    ...others.map((change) => [name, change.slug, change.action, whatOf(change)]),
    ...(unchanged.length > 0 ? [[name, unchanged.join(', '), 'unchanged']] : []),
    ...(changes.length === 0 ? [[name, '-', 'nothing to import']] : []),
  ]
}

function whatOf({ action, fields }: Change): string {
  if (action === 'change')
    return fields
      .filter(({ secret }) => secret !== 'unchanged')
      .map(fieldText)
      .join(', ')
  const secrets = fields.filter(({ secret }) => secret !== undefined).map(({ field }) => field)
  const told = fields.filter(({ to }) => to !== undefined && to !== null && typeof to !== 'boolean')
  const names = told.map(({ field }) => field)
  return [...names, ...secrets.map((field) => `${field} (secret)`)].join(', ')
}

function fieldText({ field, from, to, secret }: FieldChange): string {
  return secret === undefined ? `${field} ${valueText(from)} → ${valueText(to)}` : `${field} (secret)`
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text
}

function needsOf({ project, needs }: ProjectPlan, isIn: (need: Need) => boolean): string[] {
  return needs
    .filter(isIn)
    .map(({ slug, name, reason }) => [project.path, slug, name, ...(reason ? [`(${reason})`] : [])].join('  '))
}

/** The same word about the same service, said once for all projects. */
function grouped({ projects }: Pick<Plan, 'projects'>, pick: (plan: ProjectPlan) => readonly Note[]): string[] {
  const paths = new Map<string, string[]>()
  for (const plan of projects)
    for (const { slug, text } of pick(plan)) {
      const line = `${slug}: ${text}`
      paths.set(line, [...(paths.get(line) ?? []), plan.project.path])
    }
  return [...paths].map(([line, names]) => `${line} (${namesText(names)})`)
}

function namesText(names: readonly string[]): string {
  const more = names.length - NAMED
  return [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function section(output: Output, title: string, lines: readonly string[]): void {
  if (lines.length > 0) output.print(`\n${title}:\n${lines.map((line) => `  ${line}`).join('\n')}`)
}
