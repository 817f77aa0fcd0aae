import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isObject } from '../client.ts'
import { CommandError, type OptionTable, parseOptions, usageOf } from '../command.ts'

/**
 * Project path, or `*` for all → slug → name → value. Beside secrets it may have the addresses that they are meant for.
 */
export type Secrets = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

export interface Options {
  from: string
  token: string
  to: string
  toToken: string
  /** Undefined: all that the source's token may read. */
  projects: readonly string[] | undefined
  secrets: Secrets
  /** Imports the source's own secrets. */
  withSecrets: boolean
  planFile: string
  yes: boolean
  dryRun: boolean
}

const COMMAND = 'import'

export const options = {
  from: { type: 'string', value: 'URL', required: true, help: 'address of the source, a GitLab or a Patchbay' },
  'token-file': { type: 'string', value: 'FILE', required: true, help: 'file with a token of the source' },
  to: { type: 'string', value: 'URL', required: true, help: 'address of the target, a Patchbay' },
  'to-token-file': { type: 'string', value: 'FILE', required: true, help: 'file with a token of the target' },
  project: { type: 'string', value: 'PATH', multiple: true, help: 'a project to import, such as group/app' },
  all: { type: 'boolean', default: false, help: 'import all projects that the token may administer' },
  secrets: { type: 'string', value: 'FILE', help: 'secrets, as {"group/app or *": {"slack": {"webhook": "…"}}}' },
  'with-secrets': { type: 'boolean', default: false, help: 'import the secrets of a Patchbay: needs read_secrets' },
  plan: { type: 'string', value: 'FILE', default: 'import-plan.json', help: 'where to write the plan' },
  'dry-run': { type: 'boolean', default: false, help: 'show the plan, change nothing' },
  yes: { type: 'boolean', default: false, help: 'apply the plan without asking' },
} as const satisfies OptionTable

const USAGE = usageOf(COMMAND, options)

/** @throws CommandError that describes every problem and repeats no value */
export function readOptions(args: readonly string[]): Options {
  const values = parseOptions(COMMAND, options, args, ({ all, project = [], from, to }) => [
    ...(all === project.length > 0 ? ['one of --project and --all is needed, not both'] : []),
    ...(project.map(toPath).includes('') ? ['--project needs the path of a project'] : []),
    ...problemOfUrl('from', from),
    ...problemOfUrl('to', to),
  ])
  return {
    from: values.from,
    token: readToken('token-file', values['token-file']),
    to: values.to,
    toToken: readToken('to-token-file', values['to-token-file']),
    projects: values.all ? undefined : [...new Set(values.project.map(toPath))],
    secrets: readSecrets(values.secrets),
    withSecrets: values['with-secrets'],
    planFile: resolvePath(values.plan),
    yes: values.yes,
    dryRun: values['dry-run'],
  }
}

function toPath(text: string): string {
  return text.trim().split('/').filter(Boolean).join('/')
}

function problemOfUrl(name: string, text: string | undefined): string[] {
  if (!text) return []
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return [`--${name} must be an http or https address`]
  return url.username || url.password || url.search || url.hash
    ? [`--${name} must be an address only: no user, no query`]
    : []
}

function readToken(option: string, file: string): string {
  const token = read(option, file).trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new CommandError([`--${option}: the file must contain one token and nothing else`], USAGE)
}

function readSecrets(file: string | undefined): Secrets {
  if (file === undefined) return {}
  const secrets = parseJson(read('secrets', file))
  if (isNested(secrets, 3)) return secrets as Secrets
  const problem = secrets === undefined ? 'the file is not JSON' : 'the file must be project → service → name → text'
  const remedy = 'It looks like {"group/app": {"slack": {"webhook": "https://…"}}}, with "*" for all projects.'
  throw new CommandError([`--secrets: ${problem}`], remedy)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isNested(value: unknown, depth: number): boolean {
  if (depth === 0) return typeof value === 'string'
  return isObject(value) && Object.values(value).every((inner) => isNested(inner, depth - 1))
}

function read(option: string, file: string): string {
  try {
    return readFileSync(resolvePath(file), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError([`--${option}: the file cannot be read (${code})`], USAGE)
  }
}

/** Resolves a path against the directory of whoever typed it: npm runs scripts in that of package.json. */
function resolvePath(file: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), file)
}
