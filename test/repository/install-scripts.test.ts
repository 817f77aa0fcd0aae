import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { read } from './files.ts'

/** Packages that fetch or check their binary. */
const EXPECTED = ['esbuild', 'node', 'workerd']

describe('install scripts', () => {
  it('of dependencies are those of known binaries: others, such as telemetry, run with every npm that ignores allowScripts', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { hasInstallScript?: true }>
    }
    const names = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1))
    assert.deepEqual([...new Set(names)].toSorted(), EXPECTED)
  })
})
