import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { CommandError, runCommand } from './command.ts'
import { problemsOf, problemsOfSigning, SECRETS, type Variables } from './secrets.ts'
import { passOn, ROOT, runWrangler, startWrangler } from './wrangler.ts'

const DEV_VARS = join(ROOT, '.dev.vars')
const DEMO = { id: 1, name: 'Demo', path: 'demo', namespace_path: 'acme' }
const WEBHOOK = 'https://hooks.slack.com/services/T000/B000/example'

const CRON_MS = 60 * 1000

const args = process.argv.slice(2)

await runCommand(() => {
  if (!existsSync(DEV_VARS)) writeDevVars()
  const variables = readDevVars()
  return migrate() || serve(variables)
})

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
  const problems = [...problemsOf(variables), ...problemsOfSigning(variables)].map((problem) => `.dev.vars: ${problem}`)
  const remedy = 'Correct the line, or move the file away for a new one, which cannot open what was sealed so far.'
  if (problems.length > 0) throw new CommandError(problems, remedy)
  return variables
}

function migrate(): number {
  const place = passOn(args, ['persist-to', 'env', 'config'])
  return runWrangler(['d1', 'migrations', 'apply', 'DB', '--local', ...place], 'ignore')
}

/** Runs until wrangler ends, and returns its exit code. */
async function serve(variables: Variables): Promise<number> {
  const wrangler = startWrangler(['dev', ...asOptions(variables), ...args])
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => wrangler.kill())
  if (process.env.npm_lifecycle_event) followParent(() => wrangler.kill())
  let isStarted = false
  wrangler.on('message', (message) => {
    const url = urlOf(String(message))
    if (!url) return
    if (!isStarted) startCron(url)
    isStarted = true
    welcome(url, variables).catch((error) => console.error(`\nNo demo project: ${error.message}\n`))
  })
  const [code] = await once(wrangler, 'exit')
  return code ?? 1
}

/** Stops when npm is killed outright: it passes no signal on, and a server left behind would hold the port. */
function followParent(stop: () => void): void {
  const parent = process.ppid
  setInterval(() => process.ppid === parent || stop(), 1000).unref()
}

/** With `[secrets]` in wrangler.toml, wrangler takes those from .dev.vars and drops every other line. */
function asOptions(variables: Variables): string[] {
  const others = Object.entries(variables).filter(([name]) => !SECRETS.some((secret) => secret === name))
  return others.flatMap(([name, value]) => ['--var', `${name}:${value}`])
}

/** The Worker's address. Only wrangler knows it: if its port is taken, it uses the next. */
function urlOf(message: string): string | undefined {
  const { event, ip, port } = JSON.parse(message)
  return event === 'DEV_SERVER_READY' ? `http://${ip}:${port}` : undefined
}

/** Fires the cron, which `wrangler dev` never does by itself: at once, for deliveries that a stop left, then each minute. */
function startCron(url: string): void {
  // A server that is restarting misses a tick; the next one makes up for it.
  const fire = () => fetch(`${url}/cdn-cgi/handler/scheduled`).catch(() => {})
  void fire()
  setInterval(fire, CRON_MS).unref()
}

async function welcome(url: string, variables: Variables): Promise<void> {
  const id = await demoId(url, variables)
  const link = id && (await consoleLink(url, variables, id))
  const lines = [
    '',
    `The API and its form: ${url}/docs`,
    `The console: ${url}/console`,
    ...(link ? [`Signed in, once, within five minutes: ${link}`] : []),
    ...(id === undefined ? [`The demo project was deleted: replace ${DEMO.id} by the id of another one.`] : []),
    '',
    `Set up Slack for the project ${id ?? DEMO.id}:`,
    '',
    curl(url, id ?? DEMO.id),
    '',
  ]
  console.log(lines.join('\n'))
}

/** A link that opens the console of the demo project once, so that nobody has to copy a token. */
async function consoleLink(url: string, variables: Variables, id: number): Promise<string | undefined> {
  const rights = { name: 'Developer', scopes: ['api', 'read_api'], access_level: 50, expires_in: 300 }
  const headers = headersOf(variables)
  const made = await fetch(`${url}/api/v4/projects/${id}/console_links`, {
    method: 'POST',
    headers,
    body: JSON.stringify(rights),
  })
  return made.ok ? ((await made.json()) as { url: string }).url : undefined
}

function headersOf({ ADMIN_TOKEN = '' }: Variables) {
  const token = ADMIN_TOKEN.split(',')[0]?.trim() ?? ''
  return { 'PRIVATE-TOKEN': token, 'Content-Type': 'application/json' }
}

/** The id of the demo project, which the first start creates; undefined if it was deleted or moved. */
async function demoId(url: string, variables: Variables): Promise<number | undefined> {
  const headers = headersOf(variables)
  const projects = `${url}/api/v4/projects`
  const found = await fetch(`${projects}/${DEMO.namespace_path}%2F${DEMO.path}`, { headers })
  if (found.ok) return ((await found.json()) as { id: number }).id
  const created = await fetch(projects, { method: 'POST', headers, body: JSON.stringify(DEMO) })
  if (created.ok) return DEMO.id
  if (created.status !== 400) throw new Error(`POST /api/v4/projects responds ${created.status}`)
}

/** A command that reads the token from its file, so that it is shown nowhere. */
function curl(url: string, project: number): string {
  const file = `'${DEV_VARS.replaceAll("'", "'\\''")}'`
  const token = `$(sed -n 's/^ADMIN_TOKEN="*\\([^",]*\\).*/\\1/p' ${file})`
  return [
    `curl --request PUT --header "PRIVATE-TOKEN: ${token}" \\`,
    `  --data webhook=${WEBHOOK} \\`,
    `  ${url}/api/v4/projects/${project}/services/slack`,
  ].join('\n')
}
