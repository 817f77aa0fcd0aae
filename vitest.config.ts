import { execFileSync } from 'node:child_process'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'

execFileSync(process.execPath, ['src/cli/assets.ts'], { cwd: import.meta.dirname })

/** Wrangler looks for required secrets in the environment, not among the bindings: it would warn once for each file. */
const secrets = {
  ADMIN_TOKEN: 'instance-token-of-the-tests-0123456789',
  ENCRYPTION_KEYS: `k1:${btoa('0123456789abcdef0123456789abcdef')}`,
}
Object.assign(process.env, secrets, { WRANGLER_LOG: process.env.WRANGLER_LOG ?? 'warn' })

const bindings = {
  ...secrets,
  ENVIRONMENT: 'development',
  TEST_MIGRATIONS: await readD1Migrations('./migrations'),
}

/** The tests send more requests a minute, all with one token, than any caller may. */
const ratelimits = {
  RATE_LIMIT: { namespace_id: '4001', simple: { limit: 1_000_000, period: 60 as const } },
  RATE_LIMIT_EVENTS: { namespace_id: '4003', simple: { limit: 1_000_000, period: 60 as const } },
  RATE_LIMIT_TESTS: { namespace_id: '4005', simple: { limit: 1_000_000, period: 60 as const } },
}

/** As the bundle has it: by default, vitest compiles JSX to calls for debugging. */
const oxc = { jsx: { runtime: 'automatic', importSource: '#jsx', development: false } } as const

/** Folders whose tests need the Workers runtime: D1, sockets, or `Uint8Array.toHex`, which Node 24 lacks. */
const HTTP = ['http', 'conformance', 'console', 'crypto', 'delivery', 'faults'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
/**
 * Tests of what files share: all rows of a database, whose keys they rotate or whose cost they count, its highest ids, the clock and
 * chance, or the document that a Worker keeps. Each file has a workerd and a D1 of its own.
 */
const ALONE = [
  ...['admin', 'apply', 'cost', 'openapi', 'projects', 'trips'].map((name) => `test/http/${name}.test.ts`),
  'test/delivery/cost.test.ts',
  'test/faults/*.test.ts',
]
const FUZZ = ['test/fuzz/**/*.test.ts']
/** Tests that node:test runs. */
const NODE_TEST = ['clients', 'repository', 'cli'].map((folder) => `test/${folder}/**`)

/**
 * Tests inside workerd. Without isolation, files share one workerd and one D1 for each core: starting both for each
 * file takes as long as the tests do. Such a test creates its own projects, and expects rows of others beside them.
 */
const inWorkerd = (test: { name: string; include: string[]; exclude?: string[]; isolate: boolean }) =>
  ({
    oxc,
    plugins: [
      cloudflareTest({
        main: './src/index.ts',
        wrangler: { configPath: './wrangler.toml' },
        miniflare: { bindings, ratelimits },
      }),
    ],
    // Stops what hangs; a law over 61 services takes its time when the machine is busy.
    test: { ...test, setupFiles: ['./test/setup.ts'], testTimeout: 30_000 },
  }) satisfies TestProjectInlineConfiguration

export default defineConfig({
  test: {
    silent: 'passed-only',
    // One for each core: by default there is one less, and on two cores all would run in one.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...HTTP, ...FUZZ, ...NODE_TEST],
          isolate: false,
        },
      },
      inWorkerd({ name: 'http', include: HTTP, exclude: ALONE, isolate: false }),
      inWorkerd({ name: 'alone', include: ALONE, isolate: true }),
      inWorkerd({ name: 'fuzz', include: FUZZ, isolate: true }),
    ],
  },
})
