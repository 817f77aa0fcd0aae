import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, vi } from 'vitest'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)

// Files share their globals: a spy on the console would count for the next file too.
afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
