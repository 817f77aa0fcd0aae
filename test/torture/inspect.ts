import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ABSENT, type Ledger } from './ledger.ts'
import { SHARED } from './writers.ts'

interface Entry {
  project_id: number
  action: string
  subject: string
  changes: string
}

interface SettingsRow {
  project_id: number
  slug: string
  version: number
  active: number
  params: string
  secrets: string | null
  secrets_meta: string
}

interface Change {
  field: string
  to?: unknown
}

/** Reconstructs a row from the audit trail. */
interface Told {
  version: number
  fields: Map<string, unknown>
}

/** Services of the writers whose secret is never cleared. */
const SEALED = ['slack', 'pivotaltracker', 'asana']
const DATABASES = 'state/v3/d1/miniflare-D1DatabaseObject'

/** Opens a copy of the database as the killed process left it: its file and the log beside it. */
export function openCopy<T>(directory: string, use: (db: DatabaseSync) => T): T {
  const place = join(directory, DATABASES)
  const name = readdirSync(place).find((file) => file.endsWith('.sqlite') && file !== 'metadata.sqlite')
  if (!name) throw new Error(`there is no database in ${place}`)
  const copy = mkdtempSync(join(tmpdir(), 'patchbay-copy-'))
  for (const end of ['', '-wal'])
    if (existsSync(join(place, name + end))) copyFileSync(join(place, name + end), join(copy, `db.sqlite${end}`))
  const db = new DatabaseSync(join(copy, 'db.sqlite'))
  try {
    return use(db)
  } finally {
    db.close()
    rmSync(copy, { recursive: true })
  }
}

/** Problems of the database by itself: SQLite's own checks, and the audit trail compared with the rows. */
export function problemsOf(db: DatabaseSync): string[] {
  const all = <T>(sql: string) => db.prepare(sql).all() as T[]
  const entries = all<Entry>('select project_id, action, subject, changes from audit order by id')
  return [
    ...all<{ integrity_check: string }>('pragma integrity_check').flatMap(({ integrity_check: text }) =>
      text === 'ok' ? [] : `integrity: ${text}`,
    ),
    ...all<object>('pragma foreign_key_check').map((row) => `foreign key: ${JSON.stringify(row)}`),
    ...problemsOfSettings(entries, all<SettingsRow>('select * from settings'), idsOf(all, 'projects')),
    ...differences('projects', told(entries, 'project', ['project.deleted']), idsOf(all, 'projects')),
    ...differences('deleted projects', subjects(entries, 'project.deleted'), idsOf(all, 'retired_projects')),
    ...differences('live tokens', liveTokens(entries), idsOf(all, 'tokens where revoked_at is null')),
  ]
}

function idsOf(all: <T>(sql: string) => T[], from: string): Set<string> {
  return new Set(all<{ id: number }>(`select id from ${from}`).map(({ id }) => String(id)))
}

function subjects(entries: readonly Entry[], action: string): Set<string> {
  return new Set(entries.filter((entry) => entry.action === action).map(({ subject }) => subject))
}

function told(entries: readonly Entry[], kind: string, ends: readonly string[]): Set<string> {
  const ended = new Set(ends.flatMap((action) => [...subjects(entries, action)]))
  return new Set([...subjects(entries, `${kind}.created`)].filter((id) => !ended.has(id)))
}

function liveTokens(entries: readonly Entry[]): Set<string> {
  const gone = subjects(entries, 'project.deleted')
  const live = told(entries, 'token', ['token.revoked'])
  for (const { action, subject, project_id: id } of entries)
    if (action === 'token.created' && gone.has(String(id))) live.delete(subject)
  return live
}

function differences(what: string, should: ReadonlySet<string>, are: ReadonlySet<string>): string[] {
  const list = [...[...should].filter((id) => !are.has(id)), ...[...are].filter((id) => !should.has(id))]
  return list.length === 0 ? [] : [`audit and ${what} differ: ${list}`]
}

function problemsOfSettings(entries: readonly Entry[], rows: readonly SettingsRow[], projects: ReadonlySet<string>) {
  const expected = new Map<string, Told>()
  const problems: string[] = []
  for (const { project_id: project, action, subject, changes } of entries) {
    const place = `${project}/${subject}`
    const state = expected.get(place)
    if (action === 'settings.created') {
      if (state) problems.push(`${place} was created twice`)
      expected.set(place, { version: 1, fields: fieldsOf(changes) })
    } else if (action === 'settings.updated' && state) {
      state.version += 1
      for (const [field, value] of fieldsOf(changes)) state.fields.set(field, value)
    } else if (action === 'settings.deleted') expected.delete(place)
  }
  for (const place of expected.keys()) if (!projects.has(place.split('/')[0] ?? '')) expected.delete(place)
  for (const row of rows) problems.push(...problemsOfRow(row, expected.get(`${row.project_id}/${row.slug}`)))
  if (rows.length !== expected.size) problems.push(`${rows.length} settings, and ${expected.size} by the audit trail`)
  return problems
}

function fieldsOf(changes: string): Map<string, unknown> {
  return new Map(
    (JSON.parse(changes) as Change[]).map(({ field, ...rest }) => [field, 'to' in rest ? rest.to : 'secret']),
  )
}

function problemsOfRow(row: SettingsRow, expected: Told | undefined): string[] {
  const place = `${row.project_id}/${row.slug}`
  if (!expected) return [`${place} has no audit entry`]
  const { version, fields } = expected
  const problems = version === row.version ? [] : [`${place} has version ${row.version}, by the audit trail ${version}`]
  const params = JSON.parse(row.params) as Record<string, unknown>
  for (const [name, value] of Object.entries({ ...params, active: row.active === 1 }))
    if (JSON.stringify(value) !== JSON.stringify(fields.get(name) ?? null))
      problems.push(`${place}.${name} is ${value}, by the audit trail ${fields.get(name)}`)
  for (const name of Object.keys(JSON.parse(row.secrets_meta)))
    if (fields.get(name) !== 'secret') problems.push(`${place}.${name} is sealed, and the audit trail does not know`)
  if (row.secrets === null && SEALED.includes(row.slug)) problems.push(`${place} has lost its secrets`)
  return problems
}

/** Compares the ledger with the database, and each acknowledged write with its audit entry. */
export function reconcile(db: DatabaseSync, ledger: Ledger): void {
  const row = (sql: string, ...values: (string | number)[]) => db.prepare(sql).get(...values)
  const param = (project: string, slug: string, name: string) =>
    row(`select params ->> ? as value from settings where project_id = ? and slug = ?`, name, project, slug)?.value
  const find = (name: string): string | undefined => {
    const [kind, subject = '', field = ''] = name.split('/')
    if (kind === 'slack') return String(param(subject, 'slack', field) ?? ABSENT)
    if (kind === 'pair') return String(param(subject, 'pivotaltracker', 'restrict_to_branch') ?? ABSENT)
    if (kind === 'twins') {
      const values = [param(subject, 'external-wiki', 'external_wiki_url'), param(subject, 'youtrack', 'issues_url')]
      return values[0] === values[1] ? String(values[0] ?? ABSENT) : values.join(' beside ')
    }
    if (kind === 'asana') return String(param(subject, 'asana', 'restrict_to_branch') ?? ABSENT)
    const path = subject.split('-').slice(0, 2).join('-')
    const project = row('select id from projects where path = ?', path)
    if (kind === 'project') return project ? 'there' : wasMade(path) ? 'deleted' : ABSENT
    if (!project) return undefined
    const token = row('select revoked_at from tokens where name = ?', subject)
    if (!token) return ABSENT
    return token.revoked_at === null ? 'live' : 'revoked'
  }
  const wasMade = (path: string) =>
    row(`select 1 from audit where action = 'project.created' and changes like ?`, `%"${path}"%`) !== undefined
  checkEntries(db, ledger)
  ledger.reconcile(find)
}

/** Each acknowledged value of a parameter has one audit entry, and no value has two. */
function checkEntries(db: DatabaseSync, ledger: Ledger): void {
  const counts = new Map<string, number>()
  const entries = db.prepare(`select project_id, subject, changes from audit where action like 'settings.%'`).all()
  for (const { project_id: project, subject, changes } of entries as unknown as Entry[])
    for (const { field, to } of JSON.parse(changes) as Change[]) {
      const cell = cellOf(subject, project, field)
      if (cell && to) counts.set(`${cell}=${to}`, (counts.get(`${cell}=${to}`) ?? 0) + 1)
    }
  for (const [what, count] of counts) if (count > 1) ledger.violations.push(`${count} audit entries for ${what}`)
  for (const [name, { acknowledged }] of ledger.cells)
    for (const state of /^(slack|pair|asana|twins)/.test(name) ? acknowledged : [])
      if (state !== ABSENT && !counts.has(`${name}=${state}`))
        ledger.violations.push(`no audit entry for ${name}=${state}`)
}

function cellOf(slug: string, project: number, field: string): string | undefined {
  if (slug === 'slack' && SHARED.includes(field)) return `slack/${project}/${field}`
  if (field === 'issues_url') return `twins/${project}`
  if (field !== 'restrict_to_branch') return undefined
  return slug === 'asana' ? `asana/${project}` : `pair/${project}`
}

export function bytesOf(directory: string): number {
  const files = readdirSync(join(directory, DATABASES)).map((file) => join(directory, DATABASES, file))
  return files.reduce((sum, file) => sum + statSync(file).size, 0)
}
