import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { refuse } from '../secrets.ts'
import { isObject } from './api.ts'

/** Project path, or `*` for all → slug → name → value. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

export interface Options {
  from: string
  token: string
  to: string
  toToken: string
  /** Undefined: all that the source's token sees. */
  projects: readonly string[] | undefined
  secrets: Secrets
  planFile: string
  yes: boolean
  dryRun: boolean
}

const USAGE = `npm run import -- --from URL --token-file FILE --to URL --to-token-file FILE
    --project GROUP/APP   a project to import; once for each        or --all for all that the token may administer
    --secrets FILE        {"group/app or *": {"slack": {"webhook": "…"}}}: what GitLab never tells
    --plan FILE           where the plan is written; import-plan.json unless given
    --dry-run             show the plan, change nothing
    --yes                 do not ask`

const aliases = {
  from: { type: 'string' },
  'token-file': { type: 'string' },
  to: { type: 'string' },
  'to-token-file': { type: 'string' },
  project: { type: 'string', multiple: true },
  all: { type: 'boolean', default: false },
  secrets: { type: 'string' },
  plan: { type: 'string', default: 'import-plan.json' },
  yes: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const

/** Ends the program where they cannot be used. No message repeats a value: it may be a token in the wrong place. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  const missing = (['from', 'token-file', 'to', 'to-token-file'] as const).filter((name) => !values[name])
  const projects = values.project?.map((path) => path.trim().replace(/^\/+|\/+$/g, '')) ?? []
  const problems = [
    ...missing.map((name) => `--${name} is missing`),
    ...(positionals.length > 0 ? ['there is an argument that belongs to no option'] : []),
    ...(values.all === projects.length > 0 ? ['one of --project and --all is needed, not both'] : []),
    ...(projects.includes('') ? ['--project needs the path of a project'] : []),
    ...(['from', 'to'] as const).flatMap((name) => problemOfUrl(name, values[name])),
  ]
  if (problems.length > 0) refuse(problems, USAGE)
  return {
    from: values.from ?? '',
    token: readToken('token-file', values['token-file']),
    to: values.to ?? '',
    toToken: readToken('to-token-file', values['to-token-file']),
    projects: values.all ? undefined : [...new Set(projects)],
    secrets: readSecrets(values.secrets),
    planFile: place(values.plan),
    yes: values.yes,
    dryRun: values['dry-run'],
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: aliases, allowPositionals: true })
  } catch (error) {
    const option = /--[a-z-]+/.exec(error instanceof Error ? error.message : '')?.[0]
    refuse([option ? `${option} is no option, or lacks its value` : 'the options cannot be read'], USAGE)
  }
}

function problemOfUrl(name: string, text: string | undefined): string[] {
  if (!text) return []
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) return [`--${name} must be an http or https address`]
  return url.username || url.password || url.search || url.hash
    ? [`--${name} must be an address only: no user, no query`]
    : []
}

function readToken(option: string, file = ''): string {
  const token = read(option, file).trim()
  if (!/^[\x21-\x7e]+$/.test(token)) refuse([`--${option}: the file must hold one token and nothing else`], USAGE)
  return token
}

function readSecrets(file: string | undefined): Secrets {
  if (file === undefined) return {}
  const text = read('secrets', file)
  const remedy = 'It looks like {"group/app": {"slack": {"webhook": "https://…"}}}, with "*" for all projects.'
  try {
    const secrets: unknown = JSON.parse(text)
    if (isNested(secrets, 3)) return secrets as Secrets
  } catch {
    refuse(['--secrets: the file is not JSON'], remedy)
  }
  refuse(['--secrets: the file must be project → service → name → text'], remedy)
}

function isNested(value: unknown, depth: number): boolean {
  if (depth === 0) return typeof value === 'string'
  return isObject(value) && Object.values(value).every((inner) => isNested(inner, depth - 1))
}

function read(option: string, file: string): string {
  try {
    return readFileSync(place(file), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    refuse([`--${option}: the file cannot be read (${code})`], USAGE)
  }
}

/** Where a file is for whoever typed its name: npm runs scripts in the directory of package.json. */
function place(file: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), file)
}
