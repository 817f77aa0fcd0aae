import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Directory of wrangler.toml and .dev.vars. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The program itself: the shims of node_modules/.bin need a shell on Windows. */
const BIN = fileURLToPath(new URL('bin/wrangler.js', import.meta.resolve('wrangler/package.json')))

const SHORT: Record<string, string> = { env: 'e', config: 'c' }

/**
 * Without these, a first start prints a notice about telemetry, and two stack traces if there is no network: wrangler
 * fetches a sample of `request.cf`. What is set outside wins.
 */
const QUIET = { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' }

/** Keeps `wrangler dev` from storing the URL of each request: a query may contain a secret. */
const NO_TRACES = { X_LOCAL_OBSERVABILITY: 'false' }

/** The environment that wrangler runs in. */
export const env = { ...QUIET, ...process.env, ...NO_TRACES }

/** Runs a command to its end, and returns its exit code. */
export function runWrangler(args: readonly string[], stdin: 'inherit' | 'ignore' = 'inherit'): number {
  return (
    spawnSync(process.execPath, [BIN, ...args], { cwd: ROOT, env, stdio: [stdin, 'inherit', 'inherit'] }).status ?? 1
  )
}

/** Runs a command to its end, and returns what it prints; undefined if it failed. */
export function readWrangler(args: readonly string[], stderr: 'inherit' | 'ignore' = 'inherit'): string | undefined {
  const stdio: StdioOptions = ['ignore', 'pipe', stderr]
  const { status, stdout } = spawnSync(process.execPath, [BIN, ...args], { cwd: ROOT, env, stdio, encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

/** Starts a command that keeps running. Without a terminal on stdin it asks nothing and takes no hotkeys. */
export function startWrangler(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The values of some options among arguments that are wrangler's to understand. */
export function optionsOf(args: readonly string[], names: readonly string[]): Record<string, string> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string', ...shortOf(name) } as const]))
  const { values } = parseArgs({ args: [...args], options, strict: false })
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => isValue(entry, names)))
}

/** The same options, written out for another command. */
export function passOn(args: readonly string[], names: readonly string[]): string[] {
  return Object.entries(optionsOf(args, names)).flatMap(([name, value]) => [`--${name}`, value])
}

function shortOf(name: string) {
  const short = SHORT[name]
  return short ? { short } : {}
}

function isValue([name, value]: [string, unknown], names: readonly string[]): boolean {
  return names.includes(name) && typeof value === 'string'
}
