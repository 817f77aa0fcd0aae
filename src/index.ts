import { app } from './app.ts'
import { parseKeyRing } from './crypto/keyring.ts'
import { type Engine, type Notification, openEngine } from './delivery/engine.ts'
import { deleteExpired, sweep } from './delivery/maintenance.ts'
import { deliverDue } from './delivery/worker.ts'
import type { Bindings } from './env.ts'
import { logError } from './errors.ts'
import { readDeployment } from './services/deployment.ts'
import { rotateAll } from './settings/rotate.ts'
import { openDatabase } from './store/database.ts'

/** Steps of a rotation in one run. */
const MAX_STEPS = 100
const ROTATION_MINUTE = 17
const RETENTION_DAYS = 7
/** Longest time for which a batch of notifications holds back the next one. */
const BATCH_MS = 1000

export default {
  fetch: app.fetch,

  /** Delivers to the destinations of the batch. Slow receivers are waited for in the background, after the batch. */
  queue: async (batch, env, context) => {
    const destinations = batch.messages.flatMap(({ body }) => body.destinations)
    const work = deliverDue(await engineOf(env), destinations)
    context.waitUntil(work.catch(logError))
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, BATCH_MS))])
  },

  /** Each job runs whatever became of the others. */
  scheduled: async ({ scheduledTime }, env) => {
    const engine = await engineOf(env)
    const jobs = [sweep(engine), deleteExpired(engine.db, retentionDays(env))]
    if (new Date(scheduledTime).getUTCMinutes() === ROTATION_MINUTE)
      jobs.push(rotateAll(openDatabase(env.DB, 'first-primary'), engine.keyRing, MAX_STEPS))
    const results = await Promise.allSettled(jobs)
    for (const result of results) if (result.status === 'rejected') throw result.reason
  },
} satisfies ExportedHandler<Bindings, Notification>

async function engineOf(env: Bindings): Promise<Engine> {
  const { allowLocalNetwork, services } = readDeployment(env)
  return openEngine(env, {
    keyRing: await parseKeyRing(env.ENCRYPTION_KEYS),
    services,
    allowLocalNetwork,
    logError,
  })
}

function retentionDays({ EVENT_RETENTION_DAYS: text }: Bindings): number {
  const days = Number(text)
  return Number.isFinite(days) && days > 0 ? days : RETENTION_DAYS
}
