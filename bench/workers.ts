import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig as readConfig } from 'wrangler'
import { ROOT } from '../src/cli/wrangler.ts'

export const ADMIN_TOKEN = 'the-instance-token-of-the-bench-000000'
const ENCRYPTION_KEYS = `bench:${Buffer.alloc(32, 1).toString('base64')}`

/** Workers of one process, each with a database of its own. */
export const NAMES = ['bare', 'baseline', 'baselineCopy', 'small', 'large', 'distant'] as const
export type Name = (typeof NAMES)[number]

export interface Scripts {
  patchbay: string
  baseline: string
  distant: string
}

export type Database = Awaited<ReturnType<Miniflare['getD1Database']>>

export interface Workers {
  urlOf(name: Name): URL
  databaseOf(name: Name): Promise<Database>
  /** CPU time of the runtime so far, in milliseconds; undefined if the system does not say. */
  cpuTime(): number | undefined
  stop(): Promise<void>
}

/**
 * Starts all Workers in one workerd: across processes identical code differs by up to a quarter. All but `bare` are behind
 * the asset router of the deployed configuration, which takes CPU time of each request. There is no rate limit: Miniflare's
 * stand-in for that writes a row for each request, as Cloudflare's does not.
 */
export async function start(scripts: Scripts, directory: string, distanceMs: number): Promise<Workers> {
  const { patchbay, baseline, distant } = scripts
  const { assets, ...unrouted } = optionsOf('bare', baseline)
  const workers = [
    unrouted,
    optionsOf('baseline', baseline),
    optionsOf('baselineCopy', baseline),
    optionsOf('small', patchbay),
    optionsOf('large', patchbay),
    optionsOf('distant', distant, { DISTANCE: distanceMs }),
  ]
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers,
      resourcePersistencePath: directory,
      handleStructuredLogs: ({ level, message }) => level === 'error' && console.error(message),
    }),
  )
  await miniflare.ready
  // A Worker's own socket leads through its asset router.
  const urls = new Map(
    await Promise.all(NAMES.map(async (name) => [name, await miniflare.unsafeGetDirectURL(name)] as const)),
  )
  const pid = findRuntime()
  return {
    urlOf: (name) => urls.get(name) as URL,
    databaseOf: (name) => miniflare.getD1Database('DB', name),
    cpuTime: () => (pid === undefined ? undefined : cpuTimeOf(pid)),
    stop: () => miniflare.dispose(),
  }
}

/** A Worker with a database of its own, behind the asset router. */
export function optionsOf(name: string, script: string, bindings: Record<string, string | number> = {}) {
  const config = readConfig({ config: join(ROOT, 'wrangler.toml') })
  const { directory = '', run_worker_first } = config.assets ?? {}
  return {
    name,
    modules: true,
    script,
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    d1Databases: { DB: name },
    bindings: { ADMIN_TOKEN, ENCRYPTION_KEYS, ...bindings },
    assets: {
      directory: join(ROOT, directory),
      binding: 'ASSETS',
      routerConfig: { has_user_worker: true },
      ...(run_worker_first !== undefined && { run_worker_first }),
    },
  }
}

/** The workerd that this process has started, where there is /proc. */
function findRuntime(): number | undefined {
  try {
    const ids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
    return ids.find((id) => isRuntime(id))
  } catch {
    return undefined
  }
}

function isRuntime(id: number): boolean {
  try {
    const { name, fields } = readStat(id)
    return name === 'workerd' && Number(fields[1]) === process.pid
  } catch {
    // The process has ended meanwhile.
    return false
  }
}

const TICK_MS = 10

/** User and system time; see proc(5), fields 14 and 15. */
function cpuTimeOf(id: number): number {
  const { fields } = readStat(id)
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** The name of a process, and the fields of its status from the third on. */
function readStat(id: number): { name: string; fields: string[] } {
  const text = readFileSync(`/proc/${id}/stat`, 'utf8')
  const end = text.lastIndexOf(')')
  return { name: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') }
}
