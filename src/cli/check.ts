import { globSync } from 'node:fs'
import { dirname } from 'node:path'
import { runSteps } from './steps.ts'
import { ROOT } from './wrangler.ts'

const projects = globSync('**/tsconfig.json', { cwd: ROOT, exclude: ['**/node_modules'] })
  .map(dirname)
  .toSorted()

const passed = runSteps({
  lint: ['npm', 'run', '--silent', 'lint'],
  ...Object.fromEntries(projects.map((project) => [`types of ${project}`, ['tsc', '-p', project]])),
  'unused code': ['knip', '--no-progress'],
  'API description': ['npm', 'run', '--silent', 'check:api'],
  'repository and commands': ['npm', 'run', '--silent', 'test:node'],
  'generated files': ['npm', 'run', '--silent', 'check:generated'],
})
process.exitCode = passed ? 0 : 1
