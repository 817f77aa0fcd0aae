import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { holding } from '../support/database.ts'
import { apiRoutes } from '../support/routes.ts'
import { budget, LIMIT_MS, runs } from './budget.ts'
import { broken, type Exchange, OTHER } from './oracle.ts'
import { type Draft, fieldsOf, fieldsOfService, requests, strangeRequests } from './requests.ts'
import { NUMBER, PLAIN, SECRET } from './values.ts'
import { contentOfOther, exchange, newWorld, type World } from './world.ts'

/** Requests that are under way at the same time. */
const AT_ONCE = 8
const SHARES = { services: 0.55, plans: 0.1, routes: 0.3, strange: 0.05 }

const SETTINGS = '/api/v4/projects/:id/services/:slug'
const routes = [
  ...new Set(apiRoutes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
]

const print = console.log
const logged = new Set<string>()
const statuses = new Map<number, number>()
let world: World
let untouched: unknown[]

beforeAll(async () => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => {
      const line = words.join(' ')
      for (const mark of [PLAIN, SECRET, OTHER, String(NUMBER)]) if (line.includes(mark)) logged.add(line)
    })
  world = await newWorld()
  untouched = await contentOfOther(world)
}, LIMIT_MS)

afterAll(() => {
  const counts = [...statuses].sort(([one], [other]) => one - other).map(([status, count]) => `${status}: ${count}`)
  print(`Sent ${world.sent} requests with seed ${budget.seed}. Answers: ${counts.join(', ')}.`)
})

/** Sends requests of a kind, some at a time, and looks at each answer. */
async function hold(kind: fc.Arbitrary<Draft>, share: number): Promise<void> {
  const some = fc.array(kind, { minLength: AT_ONCE, maxLength: AT_ONCE })
  const property = fc.asyncProperty(some, async (drafts) => {
    const exchanges = await Promise.all(drafts.map((draft) => exchange(world, draft)))
    expect(exchanges.flatMap((one) => (one ? faults(one) : []))).toEqual([])
  })
  await fc.assert(property, runs(share, AT_ONCE))
}

function faults(one: Exchange): string[] {
  statuses.set(one.status, (statuses.get(one.status) ?? 0) + 1)
  return broken(one).map(
    (law) => `${law}: ${one.method} ${one.url.pathname} as ${one.caller}: ${one.status} ${one.text}`,
  )
}

describe('whatever is sent', () => {
  test.each(services.map((service) => [service.slug, service] as const))(
    'whatever is sent to the settings of %s gets a proper response',
    async (slug, service) => {
      const fields = fieldsOfService(service)
      const kinds = ['PUT', 'PUT', 'PATCH', 'GET'].map((method) =>
        requests({ method, pattern: SETTINGS, slug, fields }),
      )
      await hold(fc.oneof(...kinds), SHARES.services / services.length)
    },
    LIMIT_MS,
  )

  test.each(routes)(
    'whatever is sent to %s gets a proper response',
    async (route) => {
      const [method = '', path = ''] = route.split(' ')
      const pattern = path.replaceAll(/\{[^}]*\}/g, '')
      const slugs = services.slice(0, 8).map(({ slug }) => slug)
      const kinds = slugs.map((slug) => requests({ method, pattern, slug, fields: fieldsOf(pattern) }))
      await hold(fc.oneof(...kinds), SHARES.routes / routes.length)
    },
    LIMIT_MS,
  )

  test(
    'whatever is sent to the settings of many services at once gets a proper response',
    async () => {
      const patterns = ['/api/v4/projects/:id/services', '/api/v4/services/apply']
      const kinds = patterns.flatMap((pattern) =>
        ['PUT', 'PATCH'].map((method) => requests({ method, pattern, slug: '', fields: [] })),
      )
      await hold(fc.oneof(...kinds), SHARES.plans)
    },
    LIMIT_MS,
  )

  test(
    'requests to unknown routes pass every check of a response',
    () => hold(strangeRequests, SHARES.strange),
    LIMIT_MS,
  )
})

describe('after all of it', () => {
  test('another project is as it was', async () => expect(await contentOfOther(world)).toEqual(untouched))

  test('the database holds no secret in clear', async () => {
    expect([await holding(SECRET), await holding(PLAIN)]).toEqual([[], expect.arrayContaining(['settings'])])
  })

  test('no token can be read from the database', async () => {
    for (const { token } of world.tokens.values()) expect(await holding(token)).toEqual([])
  })

  test('the logs hold nothing that was sent', () => expect([...logged]).toEqual([]))
})
