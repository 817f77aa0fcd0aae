import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NOT_IN_GIT = ['.git', '.dev.vars', '.wrangler', 'build', 'dist', 'node_modules']
const START_LIMIT = 240_000

export interface Patchbay {
  url: string
  /** The instance token. */
  token: string
  /** Its output so far. */
  output(): string
  stop(): Promise<void>
}

/** A checkout right after `npm ci`. It has a .dev.vars of its own, so the one of whoever runs this stays as it is. */
export function checkOut(): string {
  const directory = mkdtempSync(join(tmpdir(), 'patchbay-'))
  cpSync(ROOT, directory, { recursive: true, filter: (path) => !NOT_IN_GIT.includes(basename(path)) })
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  liftRateLimits(join(directory, 'wrangler.toml'))
  return directory
}

/** The tests send more requests a minute, all with one token, than any caller may. */
function liftRateLimits(configuration: string): void {
  const text = readFileSync(configuration, 'utf8')
  writeFileSync(configuration, text.replaceAll(/\blimit = \d+/g, 'limit = 1000000'))
}

/** Runs what the README says to run, until it responds. */
export async function start(directory: string): Promise<Patchbay> {
  const port = await freePort()
  const place = ['--port', String(port), '--persist-to', join(directory, 'state')]
  const npm = spawn('npm', ['run', 'dev', '--', ...place], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = await untilReady(npm)
  const { ADMIN_TOKEN: token = '' } = readDevVars(directory)
  return { url: `http://localhost:${port}`, token, output, stop: () => stop(npm) }
}

export function readDevVars(directory: string): NodeJS.Dict<string> {
  return parseEnv(readFileSync(join(directory, '.dev.vars'), 'utf8'))
}

/** Asks the API as the instance. */
export async function ask(
  { url, token }: Pick<Patchbay, 'url' | 'token'>,
  method: string,
  path: string,
  body?: object,
) {
  const headers = { 'PRIVATE-TOKEN': token, 'Content-Type': 'application/json' }
  const response = await fetch(`${url}/api/v4${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function untilReady(npm: ChildProcess): Promise<() => string> {
  let text = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const limit = setTimeout(() => reject(new Error(`npm run dev is not ready:\n${text}`)), START_LIMIT)
  const failed = (code: number | null) => reject(new Error(`npm run dev ended with ${code}:\n${text}`))
  npm.on('exit', failed)
  for (const stream of [npm.stdout, npm.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
      if (text.includes('/services/slack\n')) resolve()
    })
  await promise.finally(() => clearTimeout(limit))
  npm.off('exit', failed)
  return () => text
}

async function stop(npm: ChildProcess): Promise<void> {
  if (npm.exitCode !== null || npm.signalCode !== null) return
  npm.kill()
  await once(npm, 'exit')
}

/** Ports of outgoing connections begin at 32768; one of those may be in use a moment later. */
const PORTS = [10_000, 32_000] as const

export async function freePort(): Promise<number> {
  const server = createServer()
  for (;;) {
    const port = randomInt(...PORTS)
    server.listen(port)
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
