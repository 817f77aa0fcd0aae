import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'

/** Patchbay, with a D1 that is `DISTANCE` milliseconds further away. `/trip` takes as long as one trip to it. */
export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== '/trip')
      return worker.fetch(request, { ...env, DB: far(env.DB, env.DISTANCE) }, context)
    await wait(env.DISTANCE)
    return new Response()
  },
} satisfies ExportedHandler<Bindings & { DISTANCE: number }>

const TRIPS: ReadonlySet<PropertyKey> = new Set(['all', 'batch', 'exec', 'first', 'raw', 'run'])

/** Whatever sends a query waits first, also on the statements and sessions that the database returns. */
function far<T extends object>(near: T, milliseconds: number): T {
  return new Proxy(near, {
    get(_, name) {
      const value = Reflect.get(near, name)
      if (typeof value !== 'function') return value
      if (TRIPS.has(name)) return (...args: unknown[]) => wait(milliseconds).then(() => value.apply(near, args))
      return (...args: unknown[]) => farther(value.apply(near, args), milliseconds)
    },
  })
}

function farther(value: unknown, milliseconds: number): unknown {
  return typeof value === 'object' && value !== null ? far(value, milliseconds) : value
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
