import { execFileSync } from 'node:child_process'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

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

/** The tests ask more often in a minute, all with one token, than anybody may. */
const ratelimits = {
  RATE_LIMIT_DEVELOPMENT: { namespace_id: '4002', simple: { limit: 1_000_000, period: 60 as const } },
  RATE_LIMIT_EVENTS: { namespace_id: '4003', simple: { limit: 1_000_000, period: 60 as const } },
}

export default defineConfig({
  plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' }, miniflare: { bindings, ratelimits } })],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/clients/**', 'test/repository/**', 'test/cli/**'],
    silent: 'passed-only',
    setupFiles: ['./test/setup.ts'],
  },
})
