import { ABSENT, type Ledger } from './ledger.ts'
import type { Server } from './server.ts'

/** Stands in every secret. */
export const SENTINEL = 'Sentinel-c41d77'
/** Stands in what is no secret: to show that a search of the files finds what is there. */
export const PLAIN = 'zqplain7f3a'

export const PROJECTS = [1001, 1002, 1003]
/** Parameters of one row, each with a writer of its own. */
export const SHARED = ['push_channel', 'issue_channel', 'note_channel']

const WEBHOOK = `https://hooks.example.com/${SENTINEL}`

export interface Work {
  server: Server
  ledger: Ledger
  /** Until the process is killed. */
  isOver: boolean
  /** Values that were never used before. */
  next(): number
  /** Tokens whose value is known, by their cell. */
  tokens: Map<string, string>
}

type Writer = (work: Work) => Promise<void>

export function request(server: Server, method: string, path: string, json?: object): Promise<Response> {
  const headers = { 'PRIVATE-TOKEN': server.token, 'Content-Type': 'application/json' }
  return fetch(`${server.url}/api/v4/${path}`, { method, headers, ...(json && { body: JSON.stringify(json) }) })
}

/** All writers at once, each of them one write after the other. */
export async function writeOn(work: Work): Promise<void> {
  const writers = [...PROJECTS.flatMap((project) => writersOf(project)), makeProjects, makeProjects]
  await Promise.all(
    writers.map(async (writer) => {
      while (!work.isOver) await writer(work)
    }),
  )
}

function writersOf(project: number): Writer[] {
  const place = `projects/${project}/services`
  return [
    ...SHARED.map(
      (field): Writer =>
        (work) =>
          share(work, `${place}/slack`, `slack/${project}/${field}`, field),
    ),
    (work) => pair(work, `${place}/pivotaltracker`, `pair/${project}`),
    (work) => twins(work, place, `twins/${project}`),
    (work) => comeAndGo(work, `${place}/asana`, `asana/${project}`),
  ]
}

/** One parameter of a row that others write to as well. */
async function share({ server, ledger, next }: Work, path: string, cell: string, field: string): Promise<void> {
  const value = `${PLAIN}-${next()}`
  await ledger.write(cell, value, () => request(server, 'PUT', path, { webhook: WEBHOOK, [field]: value }))
}

/** A parameter and a secret that belong together. */
async function pair({ server, ledger, next }: Work, path: string, cell: string): Promise<void> {
  const value = String(next())
  const json = { restrict_to_branch: value, token: `${SENTINEL}-${value}` }
  await ledger.write(cell, value, () => request(server, 'PUT', path, json))
}

/** Two rows that are changed in one transaction. */
async function twins({ server, ledger, next }: Work, path: string, cell: string): Promise<void> {
  const value = `https://${PLAIN}.example.com/${next()}`
  const services = {
    'external-wiki': { external_wiki_url: value },
    youtrack: { project_url: value, issues_url: value },
  }
  await ledger.write(cell, value, () => request(server, 'PUT', path, { services }))
}

/** A row that is made, and deleted, and made again. */
async function comeAndGo({ server, ledger, next }: Work, path: string, cell: string): Promise<void> {
  const { possible } = ledger.cell(cell)
  if (possible.size === 1 && !possible.has(ABSENT)) {
    await ledger.write(cell, ABSENT, () => request(server, 'DELETE', path))
    return
  }
  const value = String(next())
  const json = { restrict_to_branch: value, api_key: `${SENTINEL}-${value}` }
  await ledger.write(cell, value, () => request(server, 'PUT', path, json))
}

/** Projects with tokens: some of the tokens are revoked, some of the projects are deleted. */
async function makeProjects({ server, ledger, next, tokens }: Work): Promise<void> {
  const path = `made-${next()}`
  const project = await ledger.write(`project/${path}`, 'there', () => request(server, 'POST', 'projects', { path }))
  if (!project) return
  for (const turn of [1, 2]) {
    const cell = `token/${path}-${turn}`
    const json = { name: `${path}-${turn}`, scopes: ['read_api'] }
    const place = `projects/${project.id}/access_tokens`
    const made = await ledger.write(cell, 'live', () => request(server, 'POST', place, json))
    if (!made) return
    tokens.set(cell, made.token)
    if (turn === 1) await ledger.write(cell, 'revoked', () => request(server, 'DELETE', `${place}/${made.id}`))
  }
  if (next() % 3 > 0) return
  await ledger.write(`project/${path}`, 'deleted', () => request(server, 'DELETE', `projects/${project.id}`))
}
