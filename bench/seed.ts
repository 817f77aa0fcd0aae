import { createHash } from 'node:crypto'
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ROOT } from '../src/cli/wrangler.ts'
import { ADMIN_TOKEN, type Database, NAMES, type Name, type Workers } from './workers.ts'

/** Settings of the first project, of which all others get a copy: ten, all active. */
const SERVICES = {
  slack: { webhook: 'https://hooks.slack.com/services/T000/B000/example' },
  mattermost: { webhook: 'https://chat.example.com/hooks/example' },
  'microsoft-teams': { webhook: 'https://prod-00.westeurope.logic.azure.com/workflows/example' },
  'hangouts-chat': { webhook: 'https://chat.googleapis.com/v1/spaces/example' },
  'unify-circuit': { webhook: 'https://circuit.com/rest/v2/webhooks/incoming/example' },
  'webex-teams': { webhook: 'https://api.ciscospark.com/v1/webhooks/incoming/example' },
  asana: { api_key: 'example' },
  pivotaltracker: { token: 'example' },
  assembla: { token: 'example' },
  flowdock: { token: 'example' },
}
const PER_PROJECT = Object.keys(SERVICES).length

/** Returns the number of projects that have so many settings. */
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

/** Creates the tables of each database, with one that tells its file from the others, whose names are digests, and lets Patchbay make the first project in that of `small`. */
export async function seedFirst(workers: Workers): Promise<void> {
  for (const name of NAMES) {
    const database = await workers.databaseOf(name)
    await createTables(database)
    await database.prepare(`create table seeded_for as select '${name}' as name`).run()
  }
  const send = (method: string, path: string, fields: object) =>
    call(new URL(path, workers.urlOf('small')), method, fields)
  await send('POST', '/api/v4/projects', { path: 'project-1' })
  await send('POST', '/api/v4/projects/1/access_tokens', { name: 'bench', scopes: ['api'] })
  for (const [slug, fields] of Object.entries(SERVICES)) {
    await send('PUT', `/api/v4/projects/1/services/${slug}`, fields)
  }
}

export async function createTables(database: Database): Promise<void> {
  const directory = join(ROOT, 'migrations')
  const files = readdirSync(directory).filter((file) => file.endsWith('.sql'))
  const migrations = files.sort().map((file) => readFileSync(join(directory, file), 'utf8'))
  const statements = migrations.join('--> statement-breakpoint').split('--> statement-breakpoint')
  await database.batch(statements.map((statement) => database.prepare(statement)))
}

/** Gives each database its rows, straight into the files: no Worker may be running on them. */
export function seedAll(directory: string, rowsOf: (name: Name) => number): void {
  const files = filesByName(directory)
  const small = files.get('small')
  if (small === undefined) throw new Error('the database of small was not found')
  for (const [name, file] of files) if (name !== 'small') replace(small, file)
  for (const [name, file] of files) seedOthers(file, rowsOf(name))
}

function filesByName(directory: string): Map<Name, string> {
  const folder = join(directory, 'd1/miniflare-D1DatabaseObject')
  const files = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
  return new Map(files.map((file) => [nameOf(join(folder, file)), join(folder, file)]))
}

/** Reading it also moves what stands in the write-ahead log into the file. */
function nameOf(file: string): Name {
  const database = new DatabaseSync(file)
  database.exec('pragma wal_checkpoint(truncate)')
  const row = database.prepare('select name from seeded_for').get()
  database.close()
  return row?.name as Name
}

function replace(from: string, to: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(`${to}${suffix}`, { force: true })
  copyFileSync(from, to)
}

/** Copies the first project until there are `rows` settings. */
function seedOthers(file: string, rows: number): void {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  database.exec('pragma journal_mode = memory; pragma synchronous = off; pragma cache_size = -500000')
  database.function('digest_of', (project) => sha256(tokenOf(Number(project))))
  const copy = (table: string, computed: Record<string, string>) => copyRows(database, table, computed, rows)
  database.exec('update tokens set digest = digest_of(id)')
  copy('projects', { id: 'n', name: "'project-' || n", path: "'project-' || n", full_path: "'project-' || n" })
  copy('tokens', { id: 'n', project_id: 'n', digest: 'digest_of(n)' })
  copy('settings', { id: `(n - 1) * ${PER_PROJECT} + model.id`, project_id: 'n' })
  database.exec('pragma journal_mode = wal')
  database.close()
}

/** Gives each further project the first one's rows in a table; of the columns, `computed` lists those that differ. */
function copyRows(database: DatabaseSync, table: string, computed: Record<string, string>, rows: number): void {
  const columns = database.prepare('select name from pragma_table_xinfo(?) where hidden = 0').all(table)
  const names = columns.map(({ name }) => String(name))
  const values = names.map((name) => computed[name] ?? `model.${name}`)
  const last = projectsWith(rows)
  database.exec(`
    create temp table model as select * from ${table};
    with recursive further (n) as (select 2 where 2 <= ${last} union all select n + 1 from further where n < ${last})
    insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from further cross join model;
    drop table model`)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export async function call(url: URL, method: string, fields: object): Promise<void> {
  const headers = { 'PRIVATE-TOKEN': ADMIN_TOKEN, 'Content-Type': 'application/json' }
  const { status } = await fetch(url, { method, headers, body: JSON.stringify(fields) })
  if (status >= 300) throw new Error(`${method} ${url.pathname} returned ${status}`)
}
