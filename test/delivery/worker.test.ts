import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { parseKeyRing } from '../../src/crypto/keyring.ts'
import { sweep } from '../../src/delivery/maintenance.ts'
import { ask } from '../support/api.ts'
import { auditOf, rows } from '../support/database.ts'
import {
  accept,
  deliveriesOf,
  drone,
  healthOf,
  jenkins,
  newDestinations,
  newEngine,
  passTime,
  pushBy,
  stubReceivers,
  work,
} from '../support/deliveries.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})
vi.spyOn(console, 'error').mockImplementation(() => {})

const authors = (name: string) =>
  receivers.requests
    .filter(({ url }) => new URL(url).hostname === `${name}.example.com`)
    .map(({ body }) => /author-\d+/.exec(body)?.[0])
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `author-${n}`)
const states = async (ids: readonly number[]) => (await deliveriesOf(ids)).map(({ state }) => state)
const refuse = (status: number, body = '', headers: Record<string, string> = {}) => {
  receivers.respond = () => new Response(body, { status, headers })
}

async function newJenkins(count = 1) {
  const place = await newDestinations({ jenkins: jenkins('ci') })
  for (const author of numbered(count)) await accept(place, pushBy(author))
  return place
}

describe('a delivery', () => {
  test('a delivery is sent once and then complete', async () => {
    const { destinationIds } = await newJenkins()
    await work(destinationIds)
    await work(destinationIds)
    expect(receivers.requests).toHaveLength(1)
    const [delivery] = await deliveriesOf(destinationIds)
    expect(delivery).toMatchObject({ state: 'delivered', dueAt: null, attempts: 1, leasedUntil: 0, checkpoint: null })
    expect(delivery?.log).toEqual([
      expect.objectContaining({
        requests: [{ method: 'POST', to: 'https://ci.example.com/project/rocket', status: 200 }],
      }),
    ])
  })

  test('a delivery is sent with the settings of now, not of when its event came', async () => {
    const { id, destinationIds } = await newJenkins()
    await ask(`projects/${id}/services/jenkins`, { json: { project_name: 'moved' } })
    await work(destinationIds)
    expect(receivers.requests.map(({ url }) => url)).toEqual(['https://ci.example.com/project/moved'])
  })

  test.each([
    ['switched off', { active: false }],
    ['told not to subscribe any more', { push_events: false }],
  ])('a delivery to a service that was %s meanwhile is skipped', async (_, json) => {
    const { id, destinationIds } = await newJenkins()
    await ask(`projects/${id}/services/jenkins`, { method: 'PATCH', json })
    await work(destinationIds)
    expect(receivers.requests).toEqual([])
    expect(await deliveriesOf(destinationIds)).toMatchObject([
      { state: 'skipped', reason: 'the settings no longer subscribe to it', dueAt: null },
    ])
    expect(await healthOf(destinationIds[0] ?? 0)).toBeUndefined()
  })

  test('a delivery to settings that were deleted meanwhile is gone with them', async () => {
    const { id, destinationIds } = await newJenkins()
    await ask(`projects/${id}/services/jenkins`, { method: 'DELETE' })
    await work(destinationIds)
    expect([receivers.requests, await deliveriesOf(destinationIds)]).toEqual([[], []])
    expect((await ask(`projects/${id}`, { method: 'DELETE' })).status).toBe(202)
    expect(await rows('select id from events where project_id = ?', id)).toEqual([])
  })

  test.each([
    ['edited', { json: { project_name: 'moved' } }],
    ['switched off', { method: 'PATCH', json: { active: false } }],
  ])('a delivery whose settings are %s while it is sent is delivered, once', async (_, edit) => {
    const { id, destinationIds } = await newJenkins()
    receivers.respond = async () => {
      await ask(`projects/${id}/services/jenkins`, edit)
      return new Response('ok')
    }
    await work(destinationIds)
    await work(destinationIds)
    expect(receivers.requests).toHaveLength(1)
    expect(await states(destinationIds)).toEqual(['delivered'])
  })

  test('a delivery that fails on settings that were edited meanwhile is tried again at once, on the new ones', async () => {
    const { id, destinationIds } = await newJenkins(2)
    receivers.respond = async ({ url }) => {
      if (url.endsWith('/moved')) return new Response('ok')
      await ask(`projects/${id}/services/jenkins`, { json: { project_name: 'moved' } })
      return new Response('', { status: 503, headers: { 'Retry-After': '3600' } })
    }
    await work(destinationIds)
    await work(destinationIds)
    expect(authors('ci')).toEqual(['author-0', ...numbered(2)])
    expect(await states(destinationIds)).toEqual(['delivered', 'delivered'])
  })

  test.each([
    ['settings', 'services/jenkins'],
    ['project', ''],
  ])('a delivery whose %s is deleted while it is sent leaves nothing behind, whatever came of it', async (_, path) => {
    for (const status of [200, 500, 410]) {
      const { id, destinationIds } = await newJenkins(2)
      receivers.requests.length = 0
      receivers.respond = async () => {
        await ask(`projects/${id}/${path}`, { method: 'DELETE' })
        return new Response('', { status })
      }
      await work(destinationIds)
      expect(receivers.requests).toHaveLength(1)
      expect([await deliveriesOf(destinationIds), await healthOf(destinationIds[0] ?? 0)]).toEqual([[], undefined])
      expect((await auditOf(id)).filter(({ action }) => action === 'settings.paused')).toEqual([])
    }
  })

  test.each([
    [500, 5 * SECOND],
    [502, 5 * SECOND],
    [503, 5 * SECOND],
    [408, 5 * SECOND],
    [429, 5 * SECOND],
  ])('a delivery that is refused with %d is tried again after about %d ms', async (status, wait) => {
    const { destinationIds } = await newJenkins()
    refuse(status)
    const before = Date.now()
    const { notified } = await work(destinationIds)
    const [delivery] = await deliveriesOf(destinationIds)
    expect(delivery).toMatchObject({ state: 'pending', attempts: 1, reason: `the receiver responded ${status}` })
    expect((delivery?.dueAt ?? 0) - before).toBeGreaterThanOrEqual(wait * 0.8)
    expect(notified).toEqual([{ destinations: destinationIds, delayMs: expect.any(Number) }])

    await passTime(destinationIds, 2 * wait)
    receivers.respond = () => new Response('ok')
    await work(destinationIds)
    expect(await deliveriesOf(destinationIds)).toMatchObject([{ state: 'delivered', attempts: 2, dueAt: null }])
    expect(await healthOf(destinationIds[0] ?? 0)).toBeUndefined()
  })

  test.each([400, 401, 403, 404, 422])(
    'a delivery that is refused with %d has failed, and is not tried again',
    async (status) => {
      const { destinationIds } = await newJenkins()
      refuse(status, 'no')
      await work(destinationIds)
      expect(await deliveriesOf(destinationIds)).toMatchObject([{ state: 'failed', attempts: 1, dueAt: null }])
    },
  )

  test('a delivery waits as long as the receiver asks', async () => {
    const { destinationIds } = await newJenkins()
    refuse(429, '', { 'Retry-After': '3600' })
    const before = Date.now()
    await work(destinationIds)
    const [delivery] = await deliveriesOf(destinationIds)
    expect((delivery?.dueAt ?? 0) - before).toBeGreaterThanOrEqual(HOUR)
  })

  test('carries one key at every attempt, which a new database does not give again', async () => {
    const { destinationIds } = await newJenkins()
    refuse(500)
    await work(destinationIds)
    await passTime(destinationIds, MINUTE)
    await work(destinationIds)
    const [first, second] = receivers.requests.map(({ headers }) => headers.get('Idempotency-Key'))
    expect(first).toBe(second)
    const [delivery] = await deliveriesOf(destinationIds)
    const [event] = await rows<{ at: number }>('select created_at at from events where id = ?', delivery?.eventId)
    expect(first).toBe(`${event?.at}-${delivery?.eventId}-jenkins`)
  })

  test('a delivery has failed after ten attempts', async () => {
    const { destinationIds } = await newJenkins()
    refuse(500)
    for (let attempt = 1; attempt <= 10; attempt++) {
      await work(destinationIds)
      // Not three days: that would pause the destination.
      await rows('update deliveries set due_at = 1 where due_at is not null')
      await rows('update destination_health set resume_at = 1')
    }
    expect(receivers.requests).toHaveLength(10)
    const [delivery] = await deliveriesOf(destinationIds)
    expect(delivery).toMatchObject({ state: 'failed', attempts: 10, dueAt: null })
    expect(delivery?.log).toHaveLength(10)
  })

  test('a delivery waits, uncounted, for a key that the ring lacks', async () => {
    const { destinationIds } = await newJenkins()
    const keyRing = await parseKeyRing(`k2:${btoa('another key of thirty-two bytes!')}`)
    await work(destinationIds, { keyRing })
    expect(receivers.requests).toEqual([])
    expect(await deliveriesOf(destinationIds)).toMatchObject([
      { state: 'pending', attempts: 1, maxAttempts: 11, reason: 'waiting for the encryption key of the settings' },
    ])
    await passTime(destinationIds, 2 * MINUTE)
    await work(destinationIds)
    expect(await states(destinationIds)).toEqual(['delivered'])
  })
})

describe('a destination', () => {
  test('gets its deliveries in the order of their events', async () => {
    const { destinationIds } = await newJenkins(5)
    await work(destinationIds)
    expect(authors('ci')).toEqual(numbered(5))
  })

  test('gets nothing while its first delivery waits, and all in order afterwards', async () => {
    const { destinationIds } = await newJenkins(5)
    refuse(500)
    await work(destinationIds)
    await work(destinationIds)
    expect(receivers.requests).toHaveLength(1)
    await passTime(destinationIds, MINUTE)
    receivers.respond = () => new Response('ok')
    receivers.requests.length = 0
    await work(destinationIds)
    expect(authors('ci')).toEqual(numbered(5))
  })

  test('gets later deliveries once one has failed four times', async () => {
    const { destinationIds } = await newJenkins(2)
    receivers.respond = ({ body }) => new Response('', { status: body.includes('author-0') ? 500 : 200 })
    for (let attempt = 1; attempt <= 4; attempt++) {
      await work(destinationIds)
      await passTime(destinationIds, 3 * MINUTE)
    }
    expect(authors('ci')).toEqual(['author-0', 'author-0', 'author-0', 'author-0'])
    await passTime(destinationIds, 3 * MINUTE)
    await work(destinationIds)
    expect(authors('ci')).toContain('author-1')
    expect(await states(destinationIds)).toEqual(['pending', 'delivered'])
  })

  test('a destination that works again gets at once whatever waits', async () => {
    const { destinationIds } = await newJenkins(3)
    refuse(500)
    await work(destinationIds)
    await passTime(destinationIds, 10 * SECOND)
    await rows('update deliveries set due_at = ? where id = (select max(id) from deliveries)', Date.now() + DAY)
    receivers.respond = () => new Response('ok')
    await work(destinationIds)
    expect(await states(destinationIds)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('a destination is tried at once, in order, after its settings were edited', async () => {
    const { id, destinationIds } = await newJenkins(3)
    refuse(500)
    await work(destinationIds)
    await ask(`projects/${id}/services/jenkins`, { json: { project_name: 'cured' } })
    receivers.respond = () => new Response('ok')
    const engine = await newEngine({ graceMs: 0 })
    await sweep(engine)
    expect(engine.notified.flatMap(({ destinations }) => destinations)).toContain(destinationIds[0])
    await work(destinationIds)
    expect(authors('ci')).toEqual(['author-0', ...numbered(3)])
  })

  test('a destination does not hold back another one', async () => {
    const { destinationIds } = await newDestinations({ jenkins: jenkins('hangs'), 'drone-ci': drone('quick') }).then(
      async (place) => {
        for (const author of numbered(3)) await accept(place, pushBy(author))
        return place
      },
    )
    receivers.respond = ({ url }) => (url.startsWith('https://hangs') ? new Promise(() => {}) : new Response('ok'))
    const { network } = await newEngine()
    await work(destinationIds, { network: { ...network, timeoutMs: 200 } })
    expect(authors('quick')).toEqual(numbered(3))
    expect(authors('hangs')).toEqual(['author-0'])
  })

  test('a destination that rejected one delivery gets the next one all the same', async () => {
    const { destinationIds } = await newJenkins(2)
    receivers.respond = ({ body }) => new Response('', { status: body.includes('author-0') ? 400 : 200 })
    await work(destinationIds)
    expect(await states(destinationIds)).toEqual(['failed', 'delivered'])
  })

  test('a destination fails since its first failure, and remembers its last success', async () => {
    const { id, destinationIds } = await newJenkins()
    await work(destinationIds)
    const [delivered] = await deliveriesOf(destinationIds)
    await accept({ id, destinationIds }, pushBy('author-1'))
    refuse(500)
    await work(destinationIds)
    const health = await healthOf(destinationIds[0] ?? 0)
    expect(health).toMatchObject({ failures: 1, rejections: 0, pausedAt: null, lastSuccessAt: delivered?.log[0]?.at })
  })
})

describe('a destination is paused', () => {
  const paused = async (place: { id: number; destinationIds: number[] }) => {
    const health = await healthOf(place.destinationIds[0] ?? 0)
    const entries = (await auditOf(place.id)).filter(({ action }) => action === 'settings.paused')
    return { isPaused: Boolean(health?.pausedAt), entries: entries.length }
  }

  test('a destination is paused when it failed for three days', async () => {
    const place = await newJenkins(3)
    refuse(500)
    await work(place.destinationIds)
    expect(await paused(place)).toEqual({ isPaused: false, entries: 0 })
    await passTime(place.destinationIds, 3 * DAY)
    await work(place.destinationIds)
    expect(await paused(place)).toEqual({ isPaused: true, entries: 1 })
    expect(await states(place.destinationIds)).toEqual(['failed', 'failed', 'failed'])
    await work(place.destinationIds)
    expect(receivers.requests).toHaveLength(2)
  })

  test('a destination is paused when it rejected twenty deliveries in a row', async () => {
    const place = await newJenkins(22)
    refuse(400)
    await work(place.destinationIds)
    expect(receivers.requests).toHaveLength(20)
    expect(await paused(place)).toEqual({ isPaused: true, entries: 1 })
    expect(new Set(await states(place.destinationIds))).toEqual(new Set(['failed']))
  })

  test('a destination is paused when it is gone', async () => {
    const place = await newJenkins(2)
    refuse(410, 'gone')
    await work(place.destinationIds)
    expect(receivers.requests).toHaveLength(1)
    expect(await paused(place)).toEqual({ isPaused: true, entries: 1 })
  })

  test('until its settings are edited', async () => {
    const place = await newJenkins()
    refuse(410)
    await work(place.destinationIds)
    await accept(place, pushBy('author-1'))
    await work(place.destinationIds)
    expect(receivers.requests).toHaveLength(1)
    await ask(`projects/${place.id}/services/jenkins`, { json: { project_name: 'other' } })
    receivers.respond = () => new Response('ok')
    await work(place.destinationIds)
    expect(await states(place.destinationIds)).toEqual(['failed', 'delivered'])
  })
})

test('twenty workers on the same two destinations send everything once and in order', async () => {
  const place = await newDestinations({ jenkins: jenkins('one'), 'drone-ci': drone('two') })
  for (const author of numbered(15)) await accept(place, pushBy(author))
  receivers.respond = async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5))
    return new Response('ok')
  }
  await Promise.all(Array.from({ length: 20 }, () => work(place.destinationIds)))
  expect([authors('one'), authors('two')]).toEqual([numbered(15), numbered(15)])
})

describe('the sweep', () => {
  const swept = async (graceMs = 0) => {
    const engine = await newEngine({ graceMs })
    await sweep(engine)
    return engine.notified.flatMap(({ destinations }) => destinations)
  }

  test('the sweep finds a delivery whose notification was lost', async () => {
    const { destinationIds } = await newJenkins()
    expect(await swept()).toEqual(expect.arrayContaining(destinationIds))
    expect(await swept(MINUTE)).not.toEqual(expect.arrayContaining(destinationIds))
  })

  test('the sweep finds a delivery whose worker died, and another worker sends it once its lease has ended', async () => {
    const { destinationIds } = await newJenkins(2)
    await rows(
      'update deliveries set lease = 1, leased_until = ?, attempts = 1 where settings_id = ?',
      Date.now() + MINUTE,
      destinationIds[0],
    )
    await work(destinationIds)
    expect(receivers.requests).toEqual([])
    await rows('update deliveries set leased_until = 1 where settings_id = ?', destinationIds[0])
    expect(await swept()).toEqual(expect.arrayContaining(destinationIds))
    await work(destinationIds)
    expect(authors('ci')).toEqual(numbered(2))
  })

  test('the sweep leaves destinations alone that rest or are paused', async () => {
    const { destinationIds } = await newJenkins(2)
    refuse(500)
    await work(destinationIds)
    expect(await swept()).not.toEqual(expect.arrayContaining(destinationIds))
    await passTime(destinationIds, MINUTE)
    expect(await swept()).toEqual(expect.arrayContaining(destinationIds))
  })
})

describe('a worker that is stopped', () => {
  const stopped = async (destinationId: number | undefined, times: number) =>
    rows(
      `update deliveries set attempts = attempts + ?, leased_until = 1
       where id = (select min(id) from deliveries where settings_id = ? and due_at is not null)`,
      times,
      destinationId,
    )

  test('a worker that is stopped does not let later deliveries pass, however often it happens', async () => {
    const { destinationIds } = await newJenkins(3)
    await stopped(destinationIds[0], 5)
    refuse(500)
    await work(destinationIds)
    expect(receivers.requests).toHaveLength(1)
    await passTime(destinationIds, 10 * SECOND)
    receivers.respond = () => new Response('ok')
    receivers.requests.length = 0
    await work(destinationIds)
    expect(authors('ci')).toEqual(numbered(3))
  })

  test('a worker that is stopped holds its destination back ten times at most', async () => {
    const { destinationIds } = await newJenkins(2)
    await stopped(destinationIds[0], 10)
    await work(destinationIds)
    expect(authors('ci')).toEqual(['author-1'])
    expect(await deliveriesOf(destinationIds)).toMatchObject([
      { state: 'failed', reason: 'given up: none of the last attempts came to an end' },
      { state: 'delivered' },
    ])
  })
})

test('a worker whose lease ran out writes nothing of its result', async () => {
  const { destinationIds } = await newJenkins()
  receivers.respond = async () => {
    await rows('update deliveries set attempts = attempts + 1 where settings_id = ?', destinationIds[0])
    return new Response('', { status: 500 })
  }
  await work(destinationIds)
  expect(await deliveriesOf(destinationIds)).toMatchObject([{ state: 'pending', attempts: 2, log: [] }])
  expect(await healthOf(destinationIds[0] ?? 0)).toBeUndefined()
})

test('the queue delivers what it is notified of', async () => {
  const { destinationIds } = await newJenkins(3)
  await env.DELIVERIES.send({ destinations: destinationIds })
  await vi.waitFor(async () => expect(await states(destinationIds)).toEqual(['delivered', 'delivered', 'delivered']), {
    timeout: 5000,
    interval: 20,
  })
})
