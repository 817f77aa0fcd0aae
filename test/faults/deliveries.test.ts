import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import type { Notification } from '../../src/delivery/engine.ts'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { openDatabase } from '../../src/store/database.ts'
import { ask } from '../support/api.ts'
import { rows } from '../support/database.ts'
import {
  accept,
  deliveriesOf,
  healthOf,
  jenkins,
  newDestinations,
  passTime,
  pushBy,
  stubReceivers,
  work,
} from '../support/deliveries.ts'
import { BROKEN, type Fault, faulty, isAny, LOST, type Moment } from './faulty.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})
vi.spyOn(console, 'error').mockImplementation(() => {})

const once = (fault: Fault) => (n: number) => (n === 1 ? fault : undefined)
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `author-${n}`)
const authors = () => receivers.requests.map(({ body }) => /author-\d+/.exec(body)?.[0])
const states = async (ids: readonly number[]) => (await deliveriesOf(ids)).map(({ state }) => state)

async function newPlace(count: number) {
  const place = await newDestinations({ jenkins: jenkins('ci') })
  for (const author of numbered(count)) await accept(place, pushBy(author))
  return place
}

describe('an event that is posted while the database fails', () => {
  const post = (id: number, DB: D1Database) =>
    ask(`projects/${id}/events`, {
      method: 'POST',
      json: pushBy('Ada'),
      headers: { 'Idempotency-Key': 'k' },
      env: { DB, DELIVERIES: undefined },
    })
  const stored = async (id: number) => (await rows('select id from events where project_id = ?', id)).length

  test.each<Moment>(['before', 'after'])('an event during a fault %s its write is accepted once', async (moment) => {
    const { id, destinationIds } = await newPlace(0)
    const { DB, count } = faulty(once({ moment, error: LOST }))
    expect(await post(id, DB)).toMatchObject({ status: 202, body: { duplicate: false, deliveries: [{}] } })
    expect([count(), await stored(id), await states(destinationIds)]).toEqual([2, 1, ['pending']])
  })

  test.each<[Moment, number, boolean]>([
    ['before', 0, false],
    ['after', 1, true],
  ])(
    'an event during a lasting fault %s its write is refused, and its repetition finds what was stored: %d',
    async (moment, count, duplicate) => {
      const { id, destinationIds } = await newPlace(0)
      const { DB } = faulty(once({ moment, error: BROKEN }))
      expect(await post(id, DB)).toMatchObject({ status: 503, body: { message: '503 Service Unavailable' } })
      expect(await stored(id)).toBe(count)
      expect(await post(id, faulty(() => undefined).DB)).toMatchObject({ status: 202, body: { duplicate } })
      expect([await stored(id), await states(destinationIds)]).toEqual([1, ['pending']])
    },
  )

  test('an event whose token cannot be read is refused', async () => {
    const { id } = await newPlace(0)
    const { DB } = faulty(() => ({ moment: 'before', error: BROKEN }), isAny)
    expect((await post(id, DB)).status).toBe(503)
    expect(await stored(id)).toBe(0)
  })
})

describe('a delivery during which the database fails', () => {
  const LEASE = 1
  const COMPLETE = 2
  const failingAt = (write: number, fault: Fault) =>
    openDatabase(faulty((n) => (n === write ? fault : undefined)).DB, 'first-primary')

  test.each<[number, Moment]>([
    [LEASE, 'before'],
    [LEASE, 'after'],
    [COMPLETE, 'before'],
    [COMPLETE, 'after'],
  ])('a delivery with a fault at write %d, %s, is sent once, and those behind it in order', async (write, moment) => {
    const { destinationIds } = await newPlace(3)
    await work(destinationIds, { db: failingAt(write, { moment, error: LOST }) })
    expect(authors()).toEqual(numbered(3))
    expect(await states(destinationIds)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('a delivery that cannot be leased is not sent, and is sent by the next worker', async () => {
    const { destinationIds } = await newPlace(2)
    await expect(work(destinationIds, { db: failingAt(LEASE, { moment: 'before', error: BROKEN }) })).rejects.toThrow()
    expect(authors()).toEqual([])
    await work(destinationIds)
    expect(authors()).toEqual(numbered(2))
  })

  test('a delivery whose result cannot be stored is sent again once its lease has ended, and none overtakes it', async () => {
    const { destinationIds } = await newPlace(2)
    await expect(
      work(destinationIds, { db: failingAt(COMPLETE, { moment: 'before', error: BROKEN }) }),
    ).rejects.toThrow()
    await work(destinationIds)
    expect(authors()).toEqual(['author-0'])
    await rows('update deliveries set leased_until = 1 where settings_id = ?', destinationIds[0])
    await work(destinationIds)
    expect(authors()).toEqual(['author-0', 'author-0', 'author-1'])
  })

  test('a pause whose audit entry fails is rolled back with the result of the delivery', async () => {
    const { destinationIds } = await newPlace(1)
    receivers.respond = () => new Response('', { status: 410 })
    await expect(work(destinationIds, { db: failingAt(COMPLETE, { moment: 2 }) })).rejects.toThrow()
    expect([await healthOf(destinationIds[0] ?? 0), await states(destinationIds)]).toEqual([undefined, ['pending']])
  })
})

describe('a resend during which the database fails', () => {
  test.each<Moment>(['before', 'after'])('once, %s the write, makes one attempt more', async (moment) => {
    const { id, destinationIds } = await newPlace(1)
    await work(destinationIds)
    const [delivery] = await deliveriesOf(destinationIds)
    const { DB } = faulty(once({ moment, error: LOST }))
    const path = `projects/${id}/deliveries/${delivery?.id}/resend`
    expect((await ask(path, { method: 'POST', env: { DB, DELIVERIES: undefined } })).status).toBe(202)
    await work(destinationIds)
    await work(destinationIds)
    expect([authors().length, await states(destinationIds)]).toEqual([2, ['delivered']])
  })
})

describe('the cron during which the database fails', () => {
  const run = async (isHit: Parameters<typeof faulty>[1]) => {
    const { DB } = faulty(() => ({ moment: 'before', error: BROKEN }), isHit)
    const notified: number[] = []
    const send = async ({ destinations }: Notification) => void notified.push(...destinations)
    await expect(
      worker.scheduled(createScheduledController(), { ...env, DB, DELIVERIES: { send } } as unknown as Bindings),
    ).rejects.toThrow()
    return notified
  }
  const expired = async () => (await rows('select id from events where created_at = 1')).length

  test('at the sweep deletes what has expired all the same', async () => {
    const { id, destinationIds } = await newPlace(1)
    await rows('update events set created_at = 1 where project_id = ?', id)
    expect(await expired()).toBe(1)
    expect(await run(({ sql }) => /^select/i.test(sql))).toEqual([])
    expect([await expired(), await states(destinationIds)]).toEqual([0, ['pending']])
  })

  test('at the deletion notifies destinations that were left all the same', async () => {
    const { destinationIds } = await newPlace(1)
    await rows('update deliveries set due_at = 1 where settings_id = ?', destinationIds[0])
    expect(await run(({ sql }) => /^delete/i.test(sql))).toContain(destinationIds[0])
  })
})

test('a build without a response to two requests is not requested a third time', async () => {
  const { destinationIds } = await newPlace(1)
  receivers.respond = () => new Response('', { status: 524 })
  await work(destinationIds)
  expect((await deliveriesOf(destinationIds))[0]).toMatchObject({ state: 'pending', checkpoint: { lost: 1 } })
  await passTime(destinationIds, 60_000)
  await work(destinationIds)
  expect((await deliveriesOf(destinationIds))[0]).toMatchObject({
    state: 'failed',
    attempts: 2,
    reason: expect.stringContaining('the receiver may have acted'),
  })
})
