import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig as readConfig } from 'wrangler'
import { ROOT, readWrangler } from '../src/cli/wrangler.ts'

export const ADMIN_TOKEN = 'the-instance-token-of-the-bench-000000'
const ENCRYPTION_KEYS = `bench:${Buffer.alloc(32, 1).toString('base64')}`

export interface Worker {
  url: URL
  /** Creates Patchbay's tables. */
  migrate(): Promise<void>
  stop(): Promise<void>
}

/** Bundles a Worker as a deployment would: Patchbay, unless told otherwise. */
export function bundle(directory: string, main?: string): string {
  const output = readWrangler(['deploy', ...(main ? [main] : []), '--dry-run', '--outdir', directory])
  if (output === undefined) throw new Error(`wrangler could not bundle ${main ?? 'Patchbay'}`)
  const [script = ''] = readdirSync(directory).filter((name) => name.endsWith('.js'))
  return readFileSync(join(directory, script), 'utf8')
}

/**
 * Runs a bundle under Miniflare alone, its data in `directory`. There is no rate limit: Miniflare's stand-in for that
 * writes a row for each request, as Cloudflare's does not.
 */
export async function start(script: string, directory: string, bindings: Record<string, number> = {}): Promise<Worker> {
  const options = convertV4MiniflareOptions({
    modules: true,
    script,
    compatibilityDate: readConfig({ config: join(ROOT, 'wrangler.toml') }).compatibility_date ?? '',
    d1Databases: { DB: 'bench' },
    bindings: { ADMIN_TOKEN, ENCRYPTION_KEYS, ...bindings },
    resourcePersistencePath: directory,
    handleStructuredLogs: ({ level, message }) => level === 'error' && console.error(message),
  })
  const miniflare = new Miniflare(options)
  const url = await miniflare.ready
  return { url, migrate: () => migrate(miniflare), stop: () => miniflare.dispose() }
}

async function migrate(miniflare: Miniflare): Promise<void> {
  const database = await miniflare.getD1Database('DB')
  const directory = join(ROOT, 'migrations')
  const files = readdirSync(directory).filter((name) => name.endsWith('.sql'))
  const migrations = files.sort().map((name) => readFileSync(join(directory, name), 'utf8'))
  const statements = migrations.join('--> statement-breakpoint').split('--> statement-breakpoint')
  await database.batch(statements.map((statement) => database.prepare(statement)))
}
