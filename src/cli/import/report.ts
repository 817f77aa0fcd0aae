import { quoteUnlessName, type Terminal, table } from '../terminal.ts'
import { isPending, type MissingSecret, type Note, type Plan, type ProjectPlan } from './plan.ts'
import type { Change, FieldChange } from './target.ts'
import type { SentSecret } from './translate.ts'

const VALUE_LENGTH = 40
const MAX_PATHS = 3

/** Prints what will happen, and what will not. */
export function showPlan(terminal: Terminal, plan: Plan): void {
  const rows = plan.projects.flatMap(rowsOf)
  if (rows.length > 0) terminal.print('', ...table([['PROJECT', 'SERVICE', 'ACTION', 'WHAT'], ...rows]))
  const missing = (isIn: (secret: MissingSecret) => boolean) =>
    plan.projects.flatMap((project) => missingSecretsOf(project, isIn))
  section(
    terminal,
    'Secrets to supply with --secrets FILE; until then these services are left out',
    missing(({ reason }) => reason !== undefined),
  )
  section(
    terminal,
    'Secrets that may be set at the source; the services work without',
    missing(({ reason }) => reason === undefined),
  )
  section(
    terminal,
    'In the secrets file, but of no use',
    plan.unused.map((names) => names.map(quoteUnlessNameOrStar).join(' ')),
  )
  showProblems(terminal, plan)
  section(
    terminal,
    'Not taken over',
    grouped(plan, ({ notes }) => notes),
  )
}

/** Prints what was refused, and what failed. */
export function showProblems(terminal: Terminal, { projects, failures }: Pick<Plan, 'projects' | 'failures'>): void {
  section(
    terminal,
    'Refused',
    grouped({ projects }, ({ refused }) => refused),
  )
  section(
    terminal,
    'Failed',
    failures.map(({ path, reason }) => `${quoteUnlessName(path)}: ${reason}`),
  )
}

/** Sums up a plan in one line. */
export function summaryOf({ projects, failures }: Plan): string {
  const changes = projects.flatMap((project) => project.changes)
  const count = (action: string) => changes.filter((change) => change.action === action).length
  const missing = projects.flatMap(({ missingSecrets }) => missingSecrets.filter(({ reason }) => reason !== undefined))
  const refused = projects.flatMap((project) => project.refused)
  return [
    `${projects.length} projects, ${changes.length} services`,
    `${count('create')} to create, ${count('change')} to change, ${count('unchanged')} unchanged`,
    `${missing.length} secrets to supply`,
    `${refused.length} refused, ${failures.length} failed`,
  ].join('; ')
}

function rowsOf(plan: ProjectPlan): string[][] {
  const { project, id, changes, imports } = plan
  const name = id === undefined && isPending(plan) ? `${project.path} (new)` : project.path
  const unchanged = changes.filter(({ action }) => action === 'unchanged').map(({ slug }) => slug)
  const others = changes.filter(({ action }) => action !== 'unchanged')
  return [
    ...others.map((change) => [name, change.slug, change.action, describe(change, imports.get(change.slug)?.secrets)]),
    ...(unchanged.length > 0 ? [[name, unchanged.join(', '), 'unchanged']] : []),
    ...(changes.length === 0 ? [[name, '-', 'nothing to import']] : []),
  ]
}

function describe({ action, fields }: Change, sent: readonly SentSecret[] = []): string {
  const isSecret = ({ secret }: FieldChange) => secret !== undefined
  const plain = fields.filter((field) => !isSecret(field))
  const secrets = fields.filter(({ secret }) => secret !== undefined && secret !== 'unchanged')
  const texts =
    action === 'change'
      ? plain.map(({ field, from, to }) => `${field} ${valueText(from)} → ${valueText(to)}`)
      : plain.filter(({ to }) => to !== undefined && to !== null && typeof to !== 'boolean').map(({ field }) => field)
  return [...texts, ...secrets.map(({ field }) => secretText(field, sent))].join(', ')
}

/** Names the origin of a secret and the address it will be sent to: the source decides that, so whoever applies the plan must see it. */
function secretText(field: string, sent: readonly SentSecret[]): string {
  const secret = sent.find(({ name }) => name === field)
  if (!secret) return `${field} (secret)`
  const { origin, addresses } = secret
  const target = addresses.length > 0 ? `, sent to ${addresses.map(quoteUnlessAddress).join(' and ')}` : ''
  return `${field} (secret from the ${origin}${target})`
}

/** Addresses are printed in full: an ending that is cut off could make it another host's. */
function quoteUnlessAddress(text: string): string {
  return /^[A-Za-z0-9:/._~%-]+$/.test(text) ? text : JSON.stringify(text)
}

function quoteUnlessNameOrStar(text: string): string {
  return text === '*' ? text : quoteUnlessName(text)
}

function valueText(value: unknown): string {
  const text = JSON.stringify(value ?? null)
  return text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text
}

function missingSecretsOf(
  { project, missingSecrets }: ProjectPlan,
  isIn: (secret: MissingSecret) => boolean,
): string[] {
  return missingSecrets
    .filter(isIn)
    .map(({ slug, name, reason }) => [project.path, slug, name, ...(reason ? [`(${reason})`] : [])].join('  '))
}

/** Groups projects that have the same note about the same service. */
function grouped({ projects }: Pick<Plan, 'projects'>, pick: (plan: ProjectPlan) => readonly Note[]): string[] {
  const paths = new Map<string, string[]>()
  for (const plan of projects)
    for (const { slug, text } of pick(plan)) {
      const line = `${quoteUnlessName(slug)}: ${text}`
      paths.set(line, [...(paths.get(line) ?? []), plan.project.path])
    }
  return [...paths].map(([line, names]) => `${line} (${pathsText(names)})`)
}

function pathsText(paths: readonly string[]): string {
  const more = paths.length - MAX_PATHS
  return [...paths.slice(0, MAX_PATHS), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

function section(terminal: Terminal, title: string, lines: readonly string[]): void {
  if (lines.length > 0) terminal.print('', `${title}:`, ...lines.map((line) => `  ${line}`))
}
