import { app } from './app.ts'
import { parseKeyRing } from './crypto/keyring.ts'
import type { Bindings } from './env.ts'
import { rotate } from './settings/rotate.ts'
import { openDatabase } from './store/database.ts'

/** Steps of one run: the rest waits for the next. */
const MAX_STEPS = 100

export default {
  fetch: app.fetch,
  /** Seals anew what older keys have sealed. Where nothing is left to do, it costs one read of an index. */
  scheduled: async (_controller, env) => {
    const db = openDatabase(env.DB, 'first-primary')
    const keyRing = await parseKeyRing(env.ENCRYPTION_KEYS)
    for (let step = 0; step < MAX_STEPS; step++) {
      const { done } = await rotate(db, keyRing)
      if (done) return
    }
  },
} satisfies ExportedHandler<Bindings>
