import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'

/** Whether the Worker runs. It asks neither the database nor the configuration. */
export const healthHandler = new Hono<AppEnv>().get('/health', (c) => c.json({ status: 'ok' }))
