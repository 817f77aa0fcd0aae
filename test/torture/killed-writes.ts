import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { filesWith } from '../clients/files.ts'
import { ask, type Patchbay } from '../clients/patchbay.ts'
import { bytesOf, openCopy, problemsOf, reconcile } from './inspect.ts'
import { Ledger } from './ledger.ts'
import { printFigures, stopAt } from './report.ts'
import { prepare, type Server, startServer } from './server.ts'
import { PLAIN, PROJECTS, SENTINEL, type Work, writeOn } from './writers.ts'

/** The moment of the kill after the writers set out, in milliseconds. */
const EARLIEST = 30
const LATEST = 2500

let directory: string
const ledger = new Ledger()
const tokens = new Map<string, string>()
let count = 0
let tokensTried = 0

/** Kills the server so many times while settings, projects and tokens are written, and reports what came of it. */
export async function killWrites(rounds: number): Promise<void> {
  const began = performance.now()
  directory = await prepare(makeProjects)
  for (let round = 1; round <= rounds; round++) await runRound(round)
  const server = await startServer(directory)
  await compare(server)
  await server.kill()
  report(rounds, began)
}

async function makeProjects(patchbay: Patchbay): Promise<void> {
  for (const id of PROJECTS) await ask(patchbay, 'POST', '/projects', { id, path: `torture-${id}` })
}

/** One life of the server: it shows what the last one left, takes writes, and is killed among them. */
async function runRound(round: number): Promise<void> {
  const server = await startServer(directory)
  await compare(server)
  const work: Work = { server, ledger, tokens, isOver: false, next: () => ++count }
  const writing = writeOn(work)
  await new Promise((resolve) => setTimeout(resolve, randomInt(EARLIEST, LATEST)))
  const killing = server.kill()
  work.isOver = true
  await Promise.all([killing, writing])
  openCopy(directory, (db) => {
    ledger.violations.push(...problemsOf(db))
    reconcile(db, ledger)
  })
  const secrets = [SENTINEL, ...tokens.values()]
  ledger.violations.push(...filesWith(join(directory, 'state'), secrets).map((file) => `${file} holds a secret`))
  if (secrets.some((secret) => server.output().includes(secret))) ledger.violations.push('the log holds a secret')
  if (round % 10 === 0 || ledger.violations.length > 0)
    console.log(`round ${round}: ${ledger.acknowledged} acknowledged`)
  stopAt(ledger.violations)
}

/** Checks the API after a restart: secrets open and belong to what stands beside them, and tokens are as they were. */
async function compare(server: Server): Promise<void> {
  for (const id of PROJECTS) {
    const list = await ask(server, 'GET', `/projects/${id}/services?active=all&with_secrets=true`)
    for (const { slug, properties } of list) {
      if (slug === 'external-wiki' || slug === 'youtrack') continue
      const { token, api_key: key, restrict_to_branch: value, webhook } = properties
      const secret = { slack: webhook, asana: key, pivotaltracker: token }[slug as string]
      const expected = slug === 'slack' ? `https://hooks.example.com/${SENTINEL}` : `${SENTINEL}-${value}`
      if (secret !== expected) ledger.violations.push(`${id}/${slug}: a secret is not of its row`)
    }
  }
  for (const [cell, token] of tokens) {
    const states = ledger.cells.get(cell)?.possible
    const { status } = await fetch(`${server.url}/api/v4/version`, { headers: { 'PRIVATE-TOKEN': token } })
    if (status !== (states?.has('live') ? 200 : 401)) ledger.violations.push(`${cell} responds ${status}`)
    tokensTried += 1
  }
  tokens.clear()
  stopAt(ledger.violations)
}

function report(rounds: number, began: number): void {
  assert.ok(filesWith(join(directory, 'state'), [PLAIN]).length > 0, 'the search of the files finds nothing')
  const { audit, bytes } = openCopy(directory, (db) => ({
    audit: Number(db.prepare('select count(*) as count from audit').get()?.count),
    bytes: bytesOf(directory),
  }))
  const figures = {
    rounds,
    'acknowledged writes': ledger.acknowledged,
    'writes open at a kill': ledger.open,
    'of these, done': ledger.openDone,
    'audit entries': audit,
    'tokens tried after a restart': tokensTried,
    'bytes of the database': bytes,
    seconds: Math.round((performance.now() - began) / 1000),
  }
  printFigures(figures)
  console.log(
    'No acknowledged write was lost, no row half written; audit and settings agree; no secret is in a file or log.',
  )
}
