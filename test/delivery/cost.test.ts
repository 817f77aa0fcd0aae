import { beforeAll, describe, expect, test, vi } from 'vitest'
import { deleteExpired, sweep } from '../../src/delivery/maintenance.ts'
import { openDatabase } from '../../src/store/database.ts'
import { leaseDeliveries } from '../../src/store/deliveries.ts'
import { countBilledRows, rows, spyOnDatabase } from '../support/database.ts'
import {
  accept,
  deliveriesOf,
  drone,
  jenkins,
  newDestinations,
  newEngine,
  passTime,
  pushBy,
  stubReceivers,
  webhook,
  work,
} from '../support/deliveries.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

const SERVICES = {
  jenkins: jenkins('one'),
  'drone-ci': drone('two'),
  buildkite: { token: 'token-of-buildkite:more', project_url: 'https://buildkite.com/acme/rocket' },
  slack: webhook('slack'),
  mattermost: webhook('mattermost'),
}

function newPlace(count: number) {
  return newDestinations(Object.fromEntries(Object.entries(SERVICES).slice(0, count)))
}

function metered() {
  const { DB, bills, total } = countBilledRows()
  return { db: openDatabase(DB, 'first-primary'), bills, total }
}

describe.each([1, 2, 5])('an event for %d services', (count) => {
  test('is accepted with at most 4 + 3 rows a service, in one trip', async () => {
    const { db, bills, total } = metered()
    await accept(await newPlace(count), pushBy('Ada'), 'key', db)
    expect(bills).toHaveLength(1)
    expect(total('written')).toBeLessThanOrEqual(4 + 3 * count)
  })

  test('is delivered in one trip and one more a service, with at most 2 rows each', async () => {
    const place = await newPlace(count)
    await accept(place, pushBy('Ada'))
    const { db, bills, total } = metered()
    await work(place.destinationIds, { db })
    expect(receivers.requests).toHaveLength(count)
    expect(bills).toHaveLength(1 + count)
    expect(total('written')).toBeLessThanOrEqual(2 * count)
  })
})

test('a repeated event writes at most one row', async () => {
  const place = await newPlace(2)
  await accept(place, pushBy('Ada'), 'key')
  const { db, total } = metered()
  expect(await accept(place, pushBy('Ada'), 'key', db)).toMatchObject({ isDuplicate: true })
  expect(total('written')).toBeLessThanOrEqual(1)
})

test('a sweep that finds nothing writes nothing', async () => {
  const { db, bills, total } = metered()
  await sweep(await newEngine({ db }))
  expect([bills.length, total('written')]).toEqual([1, 0])
})

describe('what a lease reads does not grow', () => {
  const lease = async (destinationIds: readonly number[]) => {
    const { db, total } = metered()
    const now = Date.now()
    const [, leased] = await db.batch(leaseDeliveries(destinationIds, { lease: 7, now, until: now + 1000 }))
    return { leased, read: total('read') }
  }

  test('what a lease reads does not grow with a million deliveries that are complete', {
    timeout: 60_000,
  }, async () => {
    const { id, destinationIds } = await newPlace(1)
    await rows(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000000)
       insert into deliveries (event_id, settings_id, state, attempts, max_attempts, lease, leased_until, log, created_at)
       select -i, ?, 'delivered', 1, 10, 0, 0, '[]', 1 from n`,
      destinationIds[0],
    )
    await accept({ id, destinationIds }, pushBy('Ada'))
    const { leased, read } = await lease(destinationIds)
    expect(leased).toHaveLength(1)
    expect(read).toBeLessThanOrEqual(20)
    await rows('delete from deliveries where event_id < 0')
  })

  test('what a lease reads does not grow with ten thousand deliveries that wait', async () => {
    const { id, destinationIds } = await newPlace(1)
    const { id: eventId } = await accept({ id, destinationIds }, pushBy('Ada'))
    await rows(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
       insert into deliveries (event_id, settings_id, state, due_at, attempts, max_attempts, lease, leased_until, log, created_at)
       select ? + 1000000 + i, ?, 'pending', 1, 0, 10, 0, 0, '[]', 1 from n`,
      eventId,
      destinationIds[0],
    )
    const { leased, read } = await lease(destinationIds)
    expect(leased).toHaveLength(1)
    expect(read).toBeLessThanOrEqual(250)
    await rows('delete from deliveries where settings_id = ?', destinationIds[0])
  })
})

describe('every statement reads by an index', () => {
  const sent: { sql: string; values: unknown[] }[] = []

  beforeAll(async () => {
    const { DB, trips } = spyOnDatabase()
    const db = openDatabase(DB, 'first-primary')
    const place = await newPlace(2)
    await accept(place, pushBy('Ada'), 'key', db)
    await accept(place, pushBy('Ada'), 'other', db)
    receivers.respond = ({ url }) => new Response('', { status: url.startsWith('https://one.') ? 500 : 410 })
    await work(place.destinationIds, { db })
    receivers.respond = () => new Response('ok')
    await passTime(place.destinationIds, 60_000)
    await work(place.destinationIds, { db })
    await sweep(await newEngine({ db }))
    await deleteExpired(db, 7)
    sent.push(...trips.flat())
    expect((await deliveriesOf(place.destinationIds)).map(({ state }) => state).sort()).toEqual([
      'delivered',
      'delivered',
      'failed',
      'failed',
    ])
  })

  test('every statement of accepting, leasing, completing, failing, recovering, pausing, sweeping and deleting reads by an index', async () => {
    for (const table of ['events', 'deliveries', 'destination_health', 'audit'])
      expect(sent.filter(({ sql }) => sql.includes(`"${table}"`)).length).toBeGreaterThan(0)
    for (const { sql, values } of sent) {
      const plan = await rows<{ detail: string }>(`explain query plan ${sql}`, ...values)
      const scans = plan
        .map(({ detail }) => detail)
        .filter((detail) => /^SCAN (?!CONSTANT ROW|\w+ VIRTUAL TABLE|open\b|\(subquery)|USE TEMP B-TREE/.test(detail))
      expect({ sql, scans: scans.filter((scan) => !isStepAlongIds(scan)) }).toEqual({ sql, scans: [] })
    }
  })
})

/** The oldest rows of a table, up to a limit. */
function isStepAlongIds(scan: string): boolean {
  return /^SCAN (deliveries|events)$/.test(scan)
}
