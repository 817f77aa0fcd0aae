import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { problemsOf, refuse, SECRETS, type Variables } from './secrets.ts'
import { passOn, ROOT, runWrangler, startWrangler } from './wrangler.ts'

const DEV_VARS = join(ROOT, '.dev.vars')
const DEMO = { id: 1, name: 'Demo', path: 'demo', namespace_path: 'acme' }
const WEBHOOK = 'https://hooks.slack.com/services/T000/B000/example'

const args = process.argv.slice(2)
if (!existsSync(DEV_VARS)) writeDevVars()
const variables = readDevVars()
migrate()
serve()

function writeDevVars(): void {
  const lines = [
    `ADMIN_TOKEN=${randomBytes(32).toString('hex')}`,
    `ENCRYPTION_KEYS=dev:${randomBytes(32).toString('base64')}`,
    'ENVIRONMENT=development',
  ]
  writeFileSync(DEV_VARS, `${lines.join('\n')}\n`, { mode: 0o600, flag: 'wx' })
  console.log('Wrote .dev.vars, with a new instance token and a new encryption key.')
}

function readDevVars(): Variables {
  const variables = parseEnv(readFileSync(DEV_VARS, 'utf8'))
  const problems = problemsOf(variables).map((problem) => `.dev.vars: ${problem}`)
  const remedy = 'Mend the line. Or move the file away for a new one, which cannot open what was sealed so far.'
  if (problems.length > 0) refuse(problems, remedy)
  return variables
}

function migrate(): void {
  const place = passOn(args, ['persist-to', 'env', 'config'])
  const code = runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...place], 'ignore')
  if (code !== 0) process.exit(code)
}

function serve(): void {
  const wrangler = startWrangler(['dev', ...vars(), ...args])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => wrangler.kill())
  if (process.env.npm_lifecycle_event) followParent(() => wrangler.kill())
  wrangler.on('exit', (code) => process.exit(code ?? 1))
  wrangler.on('message', (message) => {
    const url = urlOf(String(message))
    if (url) welcome(url).catch((error) => console.error(`\nNo demo project: ${error.message}\n`))
  })
}

/** npm killed outright passes no signal on, and would leave a server behind that holds the port. */
function followParent(stop: () => void): void {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), 1000).unref()
}

/** With `[secrets]` in wrangler.toml, wrangler takes those from .dev.vars and drops every other line. */
function vars(): string[] {
  const others = Object.entries(variables).filter(([name]) => !SECRETS.some((secret) => secret === name))
  return others.flatMap(([name, value]) => ['--var', `${name}:${value}`])
}

/** Where the Worker answers: wrangler alone knows, for it takes the next port where its own is taken. */
function urlOf(message: string): string | undefined {
  const { event, ip, port } = JSON.parse(message)
  return event === 'DEV_SERVER_READY' ? `http://${ip}:${port}` : undefined
}

async function welcome(url: string): Promise<void> {
  const id = await demoId(url)
  if (id === undefined) console.log(`\nThe demo project is gone: put the id of another one in place of ${DEMO.id}.`)
  console.log(`\nSet up Slack for the project ${id ?? DEMO.id}:\n\n${curl(url, id ?? DEMO.id)}\n`)
}

/** The id of the demo project, which a first start creates; undefined where it was deleted, or moved. */
async function demoId(url: string): Promise<number | undefined> {
  const headers = { 'PRIVATE-TOKEN': firstToken(), 'Content-Type': 'application/json' }
  const projects = `${url}/api/v4/projects`
  const found = await fetch(`${projects}/${DEMO.namespace_path}%2F${DEMO.path}`, { headers })
  if (found.ok) return ((await found.json()) as { id: number }).id
  const created = await fetch(projects, { method: 'POST', headers, body: JSON.stringify(DEMO) })
  if (created.ok) return DEMO.id
  if (created.status !== 400) throw new Error(`POST /api/v4/projects answered ${created.status}`)
}

function firstToken(): string {
  return variables.ADMIN_TOKEN?.split(',')[0]?.trim() ?? ''
}

/** A command that reads the token where it is, so that none is shown. */
function curl(url: string, project: number): string {
  const file = `'${DEV_VARS.replaceAll("'", "'\\''")}'`
  const token = `$(sed -n 's/^ADMIN_TOKEN="*\\([^",]*\\).*/\\1/p' ${file})`
  return [
    `curl --request PUT --header "PRIVATE-TOKEN: ${token}" \\`,
    `  --data webhook=${WEBHOOK} \\`,
    `  ${url}/api/v4/projects/${project}/services/slack`,
  ].join('\n')
}
