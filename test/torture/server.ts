import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { env } from '../../src/cli/wrangler.ts'
import { checkOut, freePort, type Patchbay, readDevVars, start } from '../clients/patchbay.ts'

const START_LIMIT = 60_000

/** Processes that must not outlive this one. */
const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach(killGroup))

export interface Server extends Omit<Patchbay, 'stop'> {
  /** Kills it outright, and all that it has started. */
  kill(): Promise<void>
}

/** A checkout after its first start, the one of the README: it has its secrets, its tables and what `set` has put there. */
export async function prepare(set: (patchbay: Patchbay) => Promise<void>): Promise<string> {
  const directory = checkOut()
  const patchbay = await start(directory)
  await set(patchbay)
  await patchbay.stop()
  return directory
}

/** wrangler takes more ports than the one that it is told, and another process may have one of them first. */
export async function startServer(directory: string): Promise<Server> {
  for (;;) {
    const server = await tryToStart(directory)
    if (server) return server
  }
}

/** Starts the server of `npm run dev`, without its migrations and its demo project: `wrangler dev`, in a process group of its own. */
async function tryToStart(directory: string): Promise<Server | undefined> {
  const port = await freePort()
  const bin = join(directory, 'node_modules/wrangler/bin/wrangler.js')
  const place = ['--port', String(port), '--persist-to', join(directory, 'state')]
  const wrangler = spawn(process.execPath, [bin, 'dev', '--var', 'ENVIRONMENT:development', ...place], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  })
  running.add(wrangler)
  wrangler.on('exit', () => running.delete(wrangler))
  let text = ''
  for (const stream of [wrangler.stdout, wrangler.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
  const url = await untilReady(wrangler).catch((error) => {
    killGroup(wrangler)
    if (text.includes('Address already in use')) return undefined
    throw new Error(`${error.message}:\n${text}`)
  })
  if (url === undefined) return undefined
  const { ADMIN_TOKEN: token = '' } = readDevVars(directory)
  return { url, token, output: () => text, kill: () => kill(wrangler, url) }
}

async function untilReady(wrangler: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const limit = setTimeout(() => reject(new Error('wrangler dev is not ready')), START_LIMIT)
  wrangler.on('exit', () => reject(new Error('wrangler dev ended')))
  wrangler.on('message', (message) => {
    const { event, ip, port } = JSON.parse(String(message))
    if (event === 'DEV_SERVER_READY') resolve(`http://${ip}:${port}`)
  })
  return promise.finally(() => clearTimeout(limit))
}

async function kill(wrangler: ChildProcess, url: string): Promise<void> {
  const ended = once(wrangler, 'exit')
  killGroup(wrangler)
  await ended
  const responds = () =>
    fetch(`${url}/health`).then(
      () => true,
      () => false,
    )
  while (await responds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}
