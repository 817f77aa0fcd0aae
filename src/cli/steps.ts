import { spawnSync } from 'node:child_process'
import { ROOT } from './wrangler.ts'

/** Name → program of node_modules/.bin, and its arguments. */
type Steps = Readonly<Record<string, readonly [string, ...string[]]>>

/** Runs all steps, whichever fail, and prints what each that fails printed. Returns whether all passed. */
export function runSteps(steps: Steps, print: (text: string) => void = console.log): boolean {
  const failed = Object.entries(steps).filter(([name, command]) => !runStep(name, command, print))
  print(failed.length === 0 ? '\nAll steps passed.' : `\nFailed: ${failed.map(([name]) => name).join(', ')}`)
  return failed.length === 0
}

function runStep(name: string, [program, ...args]: readonly [string, ...string[]], print: (text: string) => void) {
  const start = Date.now()
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' })
  const seconds = ((Date.now() - start) / 1000).toFixed(1)
  if (status === 0) {
    print(`✔ ${name} (${seconds} s)`)
    return true
  }
  print(`✘ ${name} (${seconds} s): ${program} ${args.join(' ')}\n${error?.message ?? stdout + stderr}`)
  return false
}
