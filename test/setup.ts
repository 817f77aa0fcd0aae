import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, vi } from 'vitest'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)

// Settings of tests name addresses that may belong to somebody: a file with receivers stubs its own.
vi.stubGlobal('fetch', async () => {
  throw new Error('tests have no network')
})

// Files share their globals: a spy on the console would count for the next file too.
afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
