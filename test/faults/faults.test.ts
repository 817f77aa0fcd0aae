import * as fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, call, newPlace, newProject, newSettings, newToken } from '../support/api.ts'
import { auditOf, holding } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { BROKEN, type Fault, faulty, isAny, isNote, LOST, type Moment } from './faulty.ts'
import { essence, onProjects, SENTINEL, WRITES } from './writes.ts'

const UNAVAILABLE = { status: 503, body: { message: '503 Service Unavailable' } }
const TRANSIENT = [
  LOST,
  'D1_ERROR: Internal error in D1 DB storage caused object to be reset.',
  'D1_ERROR: D1 DB reset because its code was updated.',
]
const TRIES = 4

let logs: string[] = []
const logged: string[] = []

beforeAll(() => {
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...words) => {
      logs.push(words.join(' '))
      logged.push(words.join(' '))
    })
})
beforeEach(() => {
  logs = []
})

const once = (fault: Fault) => (n: number) => (n === 1 ? fault : undefined)
const errorLines = () => logs.filter((line) => line.includes('"level":"error"'))

describe.each(WRITES)('%s', (name, arrange) => {
  let good: { response: unknown; old: unknown; now: unknown }

  beforeAll(async () => {
    const { send, look } = await arrange()
    good = { old: await look(), response: essence(await send({})), now: await look() }
    expect(good.now).not.toEqual(good.old)
  })

  test.each<Moment>(['before', 0, 1, 2, 'after'])(
    `a ${name} that is lost once, at %s, is repeated, and done once`,
    async (moment) => {
      const { send, look } = await arrange()
      const { DB, count } = faulty(once({ moment, error: LOST }))
      expect(essence(await send({ DB }))).toEqual(good.response)
      expect([await look(), count(), errorLines()]).toEqual([good.now, 2, []])
    },
  )

  test.each<[Moment, 'old' | 'now']>([
    ['before', 'old'],
    [1, 'old'],
    ['after', 'now'],
  ])(`a ${name} that is lost each time, at %s, returns 503, and the database is as %s`, async (moment, state) => {
    const { send, look } = await arrange()
    const { DB, count } = faulty(() => ({ moment, error: LOST }))
    const { status, body, headers } = await send({ DB })
    expect([{ status, body }, headers.get('Retry-After')]).toEqual([UNAVAILABLE, '1'])
    expect([await look(), count(), errorLines().length]).toEqual([good[state], TRIES, 1])
  })

  test.each<[Moment, string | undefined, 'old' | 'now']>([
    ['before', BROKEN, 'old'],
    [0, undefined, 'old'],
    [1, undefined, 'old'],
    [2, undefined, 'old'],
    ['after', BROKEN, 'now'],
  ])(
    `a ${name} that fails for good, at %s, with %s, returns 503, and the database is as %s`,
    async (moment, error, state) => {
      const { send, look } = await arrange()
      const { DB, count } = faulty(() => ({ moment, ...(error ? { error } : {}) }))
      const { status, body, headers } = await send({ DB })
      expect([{ status, body }, headers.get('Retry-After')]).toEqual([UNAVAILABLE, '1'])
      expect([await look(), count(), errorLines().length]).toEqual([good[state], 1, 1])
    },
  )

  test(`a ${name} whose first read fails returns 503 and changes nothing`, async () => {
    const { send, look } = await arrange()
    const { DB } = faulty(() => ({ moment: 'before', error: LOST }), isAny)
    const { status, body } = await send({ DB })
    expect([{ status, body }, await look()]).toEqual([UNAVAILABLE, good.old])
  })
})

describe('many projects', () => {
  test.each<[Moment, string, 'old' | 'now', number]>([
    ['before', LOST, 'old', TRIES],
    [1, BROKEN, 'old', 1],
    [2, BROKEN, 'old', 1],
    ['after', LOST, 'now', TRIES],
  ])(
    'settings of many projects that cannot be written for one, at %s with %s, fail for that one alone, as %s',
    async (...how) => {
      const [moment, error, state, sends] = how
      const good = await onProjects()
      const states = { old: await good.look(), now: await good.send({}).then(good.look) }
      const { send, look } = await onProjects()
      const { DB, count } = faulty(() => ({ moment, error }))
      const { status, body } = await send({ DB })
      expect([status, body.projects[0].status, await look(), count()]).toEqual([200, 'failed', states[state], sends])
    },
  )

  test('a project whose settings the database did not write may be tried again', async () => {
    const { DB } = faulty(() => ({ moment: 'before', error: LOST }))
    const { body } = await (await onProjects()).send({ DB })
    expect(body.projects[0].message).toBe('503 Service Unavailable')
  })
})

test('a request fails with 503 after 30 seconds without the database', async () => {
  const { path } = await newSettings('slack', SLACK)
  const { DB } = faulty(() => ({ moment: 'before', meanwhile: () => new Promise(() => {}) }), isAny)
  vi.useFakeTimers()
  const onResponse = vi.fn(({ status, body }) => ({ status, body }))
  const response = ask(path, { env: { DB } }).then(onResponse)
  await vi.advanceTimersByTimeAsync(29_999)
  expect(onResponse).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  vi.useRealTimers()
  expect(await response).toEqual(UNAVAILABLE)
})

test.each(TRANSIENT)('a write is repeated after %s', async (error) => {
  const { path } = await newSettings('slack', SLACK)
  const { DB, count } = faulty(once({ moment: 'before', error }))
  expect([(await ask(path, { json: { username: 'new' }, env: { DB } })).status, count()]).toEqual([200, 2])
})

test('writes are repeated after pauses that grow, with jitter', async () => {
  const { path } = await newSettings('slack', SLACK)
  const pauses: number[] = []
  const timer = vi.spyOn(globalThis, 'setTimeout')
  vi.spyOn(Math, 'random').mockReturnValueOnce(0.5).mockReturnValueOnce(0.5).mockReturnValueOnce(0.25)
  await ask(path, { json: { username: 'new' }, env: { DB: faulty(() => ({ moment: 'before', error: LOST })).DB } })
  for (const [, pause = 0] of timer.mock.calls) if (pause < 30_000) pauses.push(pause)
  timer.mockRestore()
  expect(pauses).toEqual([25, 50, 150])
})

describe('a write whose acknowledgement is lost while others write', () => {
  const start = () => newSettings('slack', { webhook: `https://hooks.example.com/${SENTINEL}`, channel: '#old' })
  const losing = (meanwhile: () => Promise<unknown>) => ({
    DB: faulty(once({ moment: 'after', error: LOST, meanwhile })).DB,
  })
  const actions = async (id: number) =>
    (await auditOf(id)).map(({ action }) => action.replace('settings.', '')).slice(1)
  const mine = { username: 'mine' }

  test.each([true, false])(
    'a write that was done and lost succeeds although others edited meanwhile, If-Match %s',
    async (isGuarded) => {
      const { id, path, etag } = await start()
      const rival = () => ask(path, { json: { channel: '#rival' } })
      const headers: Record<string, string> = isGuarded ? { 'If-Match': etag } : {}
      const { status, body } = await ask(path, { json: mine, headers, env: losing(rival) })
      expect([status, body.properties.username]).toEqual([200, 'mine'])
      expect((await ask(path)).body.properties).toMatchObject({ username: 'mine', channel: '#rival' })
      expect(await actions(id)).toEqual(['created', 'updated', 'updated'])
    },
  )

  test('a repeated write does not restore what others deleted', async () => {
    const { id, path } = await start()
    const { status } = await ask(path, { json: mine, env: losing(() => ask(path, { method: 'DELETE' })) })
    expect([200, 503]).toContain(status)
    expect((await ask(path)).status).toBe(404)
    expect(await actions(id)).toEqual(['created', 'updated', 'deleted'])
  })

  test('a repeated write to a project that others deleted returns 404', async () => {
    const { id, path } = await newPlace('slack')
    const rival = () => ask(`projects/${id}`, { method: 'DELETE' })
    const { DB } = faulty(once({ moment: 'before', error: LOST, meanwhile: rival }))
    const { status, body } = await ask(path, { json: SLACK, env: { DB } })
    expect([status, body]).toEqual([404, { message: '404 Project Not Found' }])
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['project.created', 'project.deleted'])
  })

  test.each([true, false])('a repeated DELETE keeps what others created meanwhile, If-Match %s', async (isGuarded) => {
    const { id, path, etag } = await start()
    const rival = () => ask(path, { json: { webhook: 'https://hooks.example.com/rival' } })
    const headers: Record<string, string> = isGuarded ? { 'If-Match': etag } : {}
    expect((await ask(path, { method: 'DELETE', headers, env: losing(rival) })).status).toBe(204)
    expect((await ask(`${path}?with_secrets=true`)).body.properties.webhook).toBe('https://hooks.example.com/rival')
    expect(await actions(id)).toEqual(['created', 'deleted', 'created'])
  })

  test('a write that was not done, with others before its repetition, returns 412', async () => {
    const { id, path, etag } = await start()
    const rival = () => ask(path, { json: { channel: '#rival' } })
    const { DB } = faulty(once({ moment: 'before', error: LOST, meanwhile: rival }))
    expect((await ask(path, { json: mine, headers: { 'If-Match': etag }, env: { DB } })).status).toBe(412)
    expect((await ask(path)).body.properties).toMatchObject({ username: null, channel: '#rival' })
    expect(await actions(id)).toEqual(['created', 'updated'])
  })
})

describe('writes of which any may fail', () => {
  const fault = fc.record({
    moment: fc.constantFrom<Moment[]>('before', 0, 1, 2, 'after'),
    error: fc.constantFrom(LOST, BROKEN),
    times: fc.constantFrom(0, 0, 1, 2, 4),
  })
  const write = fc.record({ method: fc.constantFrom('PUT', 'PUT', 'DELETE'), value: fc.nat({ max: 3 }), fault })

  test('writes of which any may fail leave as many audit entries as changes, and true responses', async () => {
    const property = fc.asyncProperty(fc.array(write, { minLength: 8, maxLength: 12 }), async (writes) => {
      const { id, path } = await newSettings('slack', { webhook: 'https://hooks.example.com/1', username: '0' })
      const look = async () => (await ask(path)).body.properties?.username ?? null
      let state: string | null = '0'
      let changes = 2
      for (const { method, value, fault } of writes) {
        const next = method === 'PUT' ? String(value) : null
        const { DB } = faulty((n) => (n <= fault.times ? fault : undefined))
        const json = { webhook: 'https://hooks.example.com/1', username: next }
        const { status } = await ask(path, { method, env: { DB }, ...(method === 'PUT' ? { json } : {}) })
        const seen = await look()
        expect([next, ...(status === 503 ? [state] : [])]).toContain(seen)
        expect([method === 'PUT' ? 200 : state === null ? 404 : 204, 503]).toContain(status)
        if (seen !== state) changes += 1
        state = seen
      }
      expect(await auditOf(id)).toHaveLength(changes)
    })
    await fc.assert(property, { numRuns: 12, seed: 20_261_123 })
  }, 60_000)
})

test('a token whose use cannot be recorded is accepted', async () => {
  const { id } = await newProject()
  const { token } = await newToken(id)
  const { DB } = faulty(() => ({ moment: 'before', error: BROKEN }), isNote)
  expect((await call(`projects/${id}/services`, { token, env: { DB } })).status).toBe(200)
  expect(errorLines()).toHaveLength(1)
})

describe('after all faults', () => {
  test('the database holds no secret in clear after all faults', async () =>
    expect(await holding(SENTINEL)).toEqual([]))

  test('the logs of all faults say what failed, and hold no secret', () => {
    expect(logged.join()).toContain('Network connection lost')
    expect(logged.join()).not.toContain(SENTINEL)
  })
})
