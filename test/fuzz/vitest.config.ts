import { env } from 'node:process'
import { defineConfig, mergeConfig } from 'vitest/config'
import usual from '../../vitest.config.ts'

/** `npm run fuzz`: many requests, new ones each time. Without it, `npm test` sends a few thousand, always the same. */
const fuzz = {
  requests: Number(env.FUZZ_REQUESTS ?? 110_000),
  seconds: Number(env.FUZZ_SECONDS ?? 900),
  seed: Number(env.FUZZ_SEED ?? Date.now() % 2 ** 31),
}

export default mergeConfig(usual, defineConfig({ test: { provide: { fuzz }, silent: false } }))
