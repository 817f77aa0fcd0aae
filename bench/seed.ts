import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ADMIN_TOKEN, start } from './worker.ts'

/** What the first project saves, and all others get a copy of: ten settings, all active. */
const SERVICES = {
  slack: { webhook: 'https://hooks.slack.com/services/T000/B000/example' },
  mattermost: { webhook: 'https://chat.example.com/hooks/example' },
  'microsoft-teams': { webhook: 'https://outlook.office.com/webhook/example' },
  'hangouts-chat': { webhook: 'https://chat.googleapis.com/v1/spaces/example' },
  'unify-circuit': { webhook: 'https://circuit.com/rest/v2/webhooks/incoming/example' },
  'webex-teams': { webhook: 'https://api.ciscospark.com/v1/webhooks/incoming/example' },
  asana: { api_key: 'example' },
  pivotaltracker: { token: 'example' },
  assembla: { token: 'example' },
  flowdock: { token: 'example' },
}
const PER_PROJECT = Object.keys(SERVICES).length

/** How many projects have so many settings. */
export function projectsWith(rows: number): number {
  return Math.ceil(rows / PER_PROJECT)
}

/** The token of a seeded project. */
export function tokenOf(project: number): string {
  return `pbt_${String(project).padStart(40, '0')}`
}

/** The id of a seeded project's settings for Slack. */
export function slackOf(project: number): number {
  return (project - 1) * PER_PROJECT + 1
}

/** Has Patchbay make the first project, in an empty directory. */
export async function seedFirst(script: string, directory: string): Promise<void> {
  const worker = await start(script, directory)
  const send = (method: string, path: string, fields: object) => call(new URL(path, worker.url), method, fields)
  await worker.migrate()
  await send('POST', '/api/v4/projects', { path: 'project-1' })
  await send('POST', '/api/v4/projects/1/access_tokens', { name: 'bench', scopes: ['api'] })
  for (const [slug, fields] of Object.entries(SERVICES)) {
    await send('PUT', `/api/v4/projects/1/services/${slug}`, fields)
  }
  await worker.stop()
}

/** Copies the first project until there are `rows` settings, straight into the file: no Worker may be running on it. */
export function seedOthers(directory: string, rows: number): void {
  const database = open(directory)
  const copy = (table: string, computed: Record<string, string>) => copyRows(database, table, computed, rows)
  database.exec('update tokens set digest = digest_of(id)')
  copy('projects', { id: 'n', name: "'project-' || n", path: "'project-' || n", full_path: "'project-' || n" })
  copy('tokens', { id: 'n', project_id: 'n', digest: 'digest_of(n)' })
  copy('settings', { id: `(n - 1) * ${PER_PROJECT} + model.id`, project_id: 'n' })
  database.exec('pragma journal_mode = wal')
  database.close()
}

function open(directory: string): DatabaseSync {
  const folder = join(directory, 'd1/miniflare-D1DatabaseObject')
  const [name = ''] = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  const database = new DatabaseSync(join(folder, name), { enableForeignKeyConstraints: false })
  database.exec('pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -500000')
  database.function('digest_of', (project) => sha256(tokenOf(Number(project))))
  return database
}

/** Gives each further project the first one's rows in a table; of the columns, `computed` lists those that differ. */
function copyRows(database: DatabaseSync, table: string, computed: Record<string, string>, rows: number): void {
  const columns = database.prepare('select name from pragma_table_info(?)').all(table)
  const values = columns.map(({ name }) => computed[String(name)] ?? `model.${name}`)
  const last = projectsWith(rows)
  database.exec(`
    create temp table model as select * from ${table};
    with recursive further (n) as (select 2 where 2 <= ${last} union all select n + 1 from further where n < ${last})
    insert into ${table} select ${values.join(', ')} from further cross join model;
    drop table model`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function call(url: URL, method: string, fields: object): Promise<void> {
  const headers = { 'PRIVATE-TOKEN': ADMIN_TOKEN, 'Content-Type': 'application/json' }
  const { status } = await fetch(url, { method, headers, body: JSON.stringify(fields) })
  if (status >= 300) throw new Error(`${method} ${url.pathname} answered ${status}`)
}
