import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../src/cli/wrangler.ts'

/** Circumstances of a measurement. */
export interface Environment {
  date: string
  commit: string
  machine: string
  versions: string
  /** Load of the machine before the run. */
  load: number
}

export function environmentNow(): Environment {
  const processors = cpus()
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const packages = ['miniflare', 'workerd', 'wrangler'].map((name) => `${name} ${versionOf(name)}`)
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
    machine: `${processors.length} × ${processors[0]?.model.trim()}, ${memory} GiB, ${type()} ${release()}`,
    versions: [`Node ${process.versions.node}`, ...packages].join(', '),
    load: loadavg()[0] ?? 0,
  }
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version
}

function commit(): string {
  const options: ExecFileSyncOptionsWithStringEncoding = { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }
  const git = (...args: string[]) => execFileSync('git', args, options).trim()
  try {
    const isEdited = git('status', '--porcelain', 'src', 'migrations', 'wrangler.toml', 'package-lock.json') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${isEdited ? ', with changes' : ''}`
  } catch {
    return 'unknown'
  }
}
