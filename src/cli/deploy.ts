import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs, parseEnv } from 'node:util'
import { unstable_readConfig as readConfig } from 'wrangler'
import { CommandError, runCommand } from './command.ts'
import { problemsOf, SECRETS, type Variables } from './secrets.ts'
import { optionsOf, passOn, ROOT, readWrangler, runWrangler } from './wrangler.ts'

interface Database {
  binding: string
  database_id?: string
}

const PLACEHOLDER = '00000000-0000-0000-0000-000000000000'

const args = process.argv.slice(2)
const target = passOn(args, ['env', 'config'])

await runCommand(() => {
  if (isDryRun()) return runWrangler(['deploy', ...outdir(), ...args])
  checkDatabase()
  checkSecrets()
  return (
    runWrangler(['d1', 'migrations', 'apply', 'DB', '--remote', ...target]) ||
    createQueues() ||
    runWrangler(['deploy', ...args])
  )
})

function isDryRun(): boolean {
  const { values } = parseArgs({ args, options: { 'dry-run': { type: 'boolean' } }, strict: false })
  return (values['dry-run'] ?? 'false') !== 'false'
}

function outdir(): string[] {
  return 'outdir' in optionsOf(args, ['outdir']) ? [] : ['--outdir', 'dist']
}

function checkDatabase(): void {
  const databases: Database[] = readConfig(optionsOf(args, ['env', 'config'])).d1_databases
  if (databases.find(({ binding }) => binding === 'DB')?.database_id !== PLACEHOLDER) return
  throw new CommandError(
    ['wrangler.toml: database_id is a placeholder'],
    'Create the database with `npx wrangler d1 create patchbay`, and put the id that it prints in its place.',
  )
}

/** Creates the queues that do not exist yet: wrangler deploys to existing ones only. */
function createQueues(): number {
  const producers: { queue: string }[] = readConfig(optionsOf(args, ['env', 'config'])).queues.producers ?? []
  const missing = producers.filter(
    ({ queue }) => readWrangler(['queues', 'info', queue, ...target], 'ignore') === undefined,
  )
  return missing.reduce((code, { queue }) => code || runWrangler(['queues', 'create', queue, ...target]), 0)
}

/** Checks secrets in full if they are in the environment or the file; Cloudflare only says whether one is set. */
function checkSecrets(): void {
  const file = readSecretsFile()
  const given = { ...file, ...process.env }
  const problems = problemsOf(
    given,
    SECRETS.filter((name) => given[name] !== undefined),
  )
  const remedy = 'It comes from the environment, or from the file that --secrets-file names.'
  if (problems.length > 0) throw new CommandError(problems, remedy)
  const others = SECRETS.filter((name) => file[name] === undefined)
  if (others.length > 0) checkRemote(others)
}

function readSecretsFile(): Variables {
  const path = optionsOf(args, ['secrets-file'])['secrets-file']
  if (path === undefined) return {}
  try {
    const text = readFileSync(resolve(ROOT, path), 'utf8')
    return text.trimStart().startsWith('{') ? JSON.parse(text) : parseEnv(text)
  } catch {
    // The error of the JSON parser quotes the text.
    throw new CommandError([`${path} cannot be read`], 'It must be JSON, or have lines NAME=value.')
  }
}

function checkRemote(names: readonly string[]): void {
  const list = readWrangler(['secret', 'list', ...target, ...passOn(args, ['name'])])
  const command = ['npx wrangler secret put NAME', ...target].join(' ')
  const remedy = `Set each with \`${command}\`, or all with
\`npm run deploy -- --secrets-file FILE\`, where FILE has lines NAME=value and stays out of git.`
  if (list === undefined) throw new CommandError([`Cloudflare could not be asked for ${names.join(' and ')}`], remedy)
  const known = (JSON.parse(list) as { name: string }[]).map(({ name }) => name)
  const missing = names.filter((name) => !known.includes(name))
  if (missing.length === 0) return
  const problems = missing.map((name) => `${name} is not set at Cloudflare`)
  throw new CommandError(problems, remedy)
}
