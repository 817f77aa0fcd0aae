import { describe, expect, test, vi } from 'vitest'
import { ask, newProject } from '../support/api.ts'
import { auditOf, rows } from '../support/database.ts'
import {
  accept,
  deliveriesOf,
  drone,
  healthOf,
  jenkins,
  newDestinations,
  pushBy,
  stubReceivers,
  webhook,
  work,
} from '../support/deliveries.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

const QUIET = { DELIVERIES: undefined }
const PASSWORD = 'correct horse battery'
const ids = (body: { id: number }[]) => body.map(({ id }) => id)
const refuse = (status: number, body = '') => {
  receivers.respond = () => new Response(body, { status })
}

async function newPlace(count: number) {
  const place = await newDestinations({ jenkins: jenkins('ci'), 'drone-ci': drone('two') })
  for (let n = 0; n < count; n++) await accept(place, pushBy(`author-${n}`))
  return { ...place, path: `projects/${place.id}/deliveries` }
}

describe('the deliveries of a project', () => {
  test('the deliveries of a project are listed, newest first, in pages', async () => {
    const { path, destinationIds } = await newPlace(3)
    await work(destinationIds)
    const { status, body } = await ask(path)
    expect([status, body.length]).toEqual([200, 6])
    expect(body[0]).toEqual({
      id: expect.any(Number),
      event_id: expect.any(Number),
      kind: 'push',
      destination: 'drone-ci',
      state: 'delivered',
      reason: expect.any(String),
      attempts: 1,
      due_at: null,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      last: { status: 200, ms: expect.any(Number), at: expect.stringMatching(/^\d{4}-.*Z$/) },
    })
    const all = ids(body)
    expect(all).toEqual(all.toSorted((one, other) => other - one))

    const pages = await Promise.all([1, 2, 3].map((page) => ask(`${path}?per_page=2&page=${page}`)))
    expect(pages.flatMap((page) => ids(page.body))).toEqual(all)
    expect(pages.map(({ headers }) => headers.get('X-Next-Page'))).toEqual(['2', '3', ''])
    const ofOne = await Promise.all([1, 2].map((page) => ask(`${path}?destination=jenkins&per_page=2&page=${page}`)))
    expect(ofOne.map((page) => page.body.length)).toEqual([2, 1])
  })

  test('the deliveries of a project are filtered by destination, state and event', async () => {
    const { path, destinationIds } = await newPlace(2)
    receivers.respond = ({ url }) => new Response('', { status: url.startsWith('https://ci') ? 400 : 200 })
    await work(destinationIds)
    const place = { id: Number(path.split('/')[1]), destinationIds }
    const { id: last } = await accept(place, { ...pushBy('Ada'), object_kind: 'tag_push', ref: 'refs/tags/v1' })
    const found = async (query: string) => (await ask(`${path}?${query}`)).body.length
    expect(await found('destination=jenkins')).toBe(3)
    expect(await found('destination=slack')).toBe(0)
    expect(await found('state=failed')).toBe(2)
    expect(await found('state=failed&destination=drone-ci')).toBe(0)
    expect(await found('state=delivered')).toBe(2)
    expect(await found('state=pending')).toBe(2)
    expect(await found('state=skipped')).toBe(0)
    expect(await found(`event=${last}`)).toBe(2)
    expect(await found('event=push')).toBe(4)
    expect(await found('event=tag_push&destination=jenkins&state=pending')).toBe(1)
  })

  test.each([
    ['state=lost', 'message', /state is not included in the list/],
    ['sate=failed', 'error', /sate is unknown/],
    ['page=x', 'error', /page is invalid/],
    ['per_page=100&page=11', 'error', /page goes past 1000/],
  ])('the deliveries of a project are not listed for %s', async (query, key, text) => {
    const { path } = await newPlace(0)
    const { status, body } = await ask(`${path}?${query}`)
    expect([status, body[key]]).toEqual([400, expect.stringMatching(text)])
  })

  test('the deliveries of a project stay out of reach of other projects', async () => {
    const { path, destinationIds } = await newPlace(1)
    const [delivery] = await deliveriesOf(destinationIds)
    const other = await newProject()
    expect((await ask(`projects/${other.id}/deliveries`)).body).toEqual([])
    for (const [method, end] of [
      ['GET', ''],
      ['POST', '/resend'],
    ] as const)
      expect(await ask(`projects/${other.id}/deliveries/${delivery?.id}${end}`, { method })).toMatchObject({
        status: 404,
        body: { message: '404 Delivery Not Found' },
      })
    expect((await ask(`${path}/99999999`)).status).toBe(404)
  })
})

describe('the log of a delivery', () => {
  test('the log of a delivery has each attempt with its requests, and no secret that the receiver repeats', async () => {
    const { path, destinationIds } = await newPlace(1)
    refuse(403, `<b>${PASSWORD}</b> or ${btoa(`ada:${PASSWORD}`)} is wrong`)
    await work(destinationIds)
    const [delivery] = await deliveriesOf(destinationIds)
    const { body } = await ask(`${path}/${delivery?.id}`)
    expect(body).toMatchObject({ state: 'failed', reason: 'the receiver responded 403', last: { status: 403 } })
    expect(body.log).toEqual([
      {
        at: expect.any(String),
        ms: expect.any(Number),
        reason: 'the receiver responded 403',
        requests: [
          {
            method: 'POST',
            to: 'https://ci.example.com/project/rocket',
            status: 403,
            response: '<b>***</b> or *** is wrong',
          },
        ],
      },
    ])
  })

  test('the log of a delivery keeps the beginning of a refusal, and nothing of a success or of what is no text', async () => {
    const { destinationIds } = await newPlace(1)
    receivers.respond = ({ url }) =>
      url.startsWith('https://ci')
        ? new Response('x'.repeat(5000), { status: 400 })
        : new Response('[]', { status: 200 })
    await work(destinationIds)
    const responses = (await deliveriesOf(destinationIds)).map(({ log }) => log[0]?.requests[0]?.response?.length)
    expect(responses).toEqual([1024, undefined])
    const other = await newPlace(1)
    receivers.respond = () => new Response('binary', { status: 400, headers: { 'Content-Type': 'image/png' } })
    await work(other.destinationIds)
    expect((await deliveriesOf(other.destinationIds)).map(({ log }) => log[0]?.requests[0]?.response)).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('a resend', () => {
  test('a resend makes one attempt more, with the settings of now, and no other after it', async () => {
    const { id, path, destinationIds } = await newPlace(1)
    refuse(400)
    await work(destinationIds)
    await ask(`projects/${id}/services/jenkins`, { json: { project_name: 'cured' } })
    const [delivery] = await deliveriesOf(destinationIds)
    refuse(500)
    expect(await ask(`${path}/${delivery?.id}/resend`, { method: 'POST', env: QUIET })).toMatchObject({ status: 202 })
    await work(destinationIds)
    expect(receivers.requests.at(-1)?.url).toBe('https://ci.example.com/project/cured')
    expect((await deliveriesOf(destinationIds))[0]).toMatchObject({ state: 'failed', attempts: 2, dueAt: null })

    receivers.respond = () => new Response('ok')
    await ask(`${path}/${delivery?.id}/resend`, { method: 'POST', env: QUIET })
    await work(destinationIds)
    expect((await deliveriesOf(destinationIds))[0]).toMatchObject({ state: 'delivered', attempts: 3 })
    expect((await deliveriesOf(destinationIds))[0]?.log).toHaveLength(3)
  })

  test('a resend is done by the queue, of what was delivered too', async () => {
    const { path, destinationIds } = await newPlace(1)
    await work(destinationIds)
    const [delivery] = await deliveriesOf(destinationIds)
    await ask(`${path}/${delivery?.id}/resend`, { method: 'POST' })
    await vi.waitFor(async () =>
      expect((await deliveriesOf(destinationIds))[0]).toMatchObject({ attempts: 2, state: 'delivered' }),
    )
  })

  test('a resend ends a pause', async () => {
    const { path, destinationIds } = await newPlace(1)
    refuse(410)
    await work(destinationIds)
    expect((await healthOf(destinationIds[0] ?? 0))?.pausedAt).toEqual(expect.any(Number))
    const [delivery] = await deliveriesOf(destinationIds)
    await ask(`${path}/${delivery?.id}/resend`, { method: 'POST', env: QUIET })
    receivers.respond = () => new Response('ok')
    await work(destinationIds)
    expect((await deliveriesOf(destinationIds))[0]?.state).toBe('delivered')
    expect(await healthOf(destinationIds[0] ?? 0)).toBeUndefined()
  })

  test('a resend of all that failed since a time is done in order, in bounded steps', async () => {
    const { id, path, destinationIds } = await newPlace(3)
    refuse(400)
    await work(destinationIds)
    const [first] = destinationIds
    await rows(
      'update deliveries set created_at = 1 where id = (select min(id) from deliveries where settings_id = ?)',
      first,
    )
    receivers.respond = () => new Response('ok')
    receivers.requests.length = 0
    const since = '2020-01-01'
    const resend = (json: object) => ask(`${path}/resend`, { method: 'POST', json, env: QUIET })
    expect(await resend({ destination: 'jenkins', since })).toMatchObject({
      status: 202,
      body: { resent: 2, more: false },
    })
    expect(await resend({ destination: 'jenkins', state: 'failed', since })).toMatchObject({ body: { resent: 0 } })
    await work(destinationIds)
    expect(receivers.requests.map(({ body }) => /author-\d/.exec(body)?.[0])).toEqual(['author-1', 'author-2'])
    expect((await auditOf(id)).length).toBeGreaterThan(0)
  })

  test.each([
    [{}, 'destination is missing'],
    [{ destination: 'jenkins', stat: 'failed' }, 'stat is unknown'],
    [{ destination: 'jenkins', since: 5 }, 'since is invalid'],
  ])('a resend of many needs to know which: %j', async (json, error) => {
    const { path } = await newPlace(0)
    expect(await ask(`${path}/resend`, { method: 'POST', json })).toMatchObject({ status: 400, body: { error } })
  })

  test('a resend of many is for settings that are there', async () => {
    const { path } = await newPlace(0)
    expect(await ask(`${path}/resend`, { method: 'POST', json: { destination: 'slack' } })).toMatchObject({
      status: 404,
      body: { message: '404 Service Not Found' },
    })
  })
})

test('every secret of the settings stays out of the log, the database and the lines that are logged', async () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((...words) => void lines.push(words.join(' ')))
  vi.spyOn(console, 'error').mockImplementation((...words) => void lines.push(words.join(' ')))
  const secrets = ['S3NTINEL-password', 'S3NTINEL-token-of-drone', 'S3NTINEL-of-slack']
  const place = await newDestinations({
    jenkins: { ...jenkins('ci'), password: secrets[0] },
    'drone-ci': { ...drone('two'), token: secrets[1] },
    slack: webhook(`${secrets[2]}`),
  })
  receivers.respond = ({ url, headers, body }) =>
    new Response(`${url} ${headers.get('Authorization')} ${headers.get('X-Gitlab-Token')} ${body}`, { status: 400 })
  await accept(place, pushBy('Ada'))
  await work(place.destinationIds)
  const stored = JSON.stringify([
    await rows('select * from deliveries'),
    await rows('select * from audit'),
    await rows('select * from destination_health'),
  ])
  const shown = JSON.stringify((await ask(`projects/${place.id}/deliveries`)).body)
  const forms = secrets.flatMap((secret) => [
    secret,
    btoa(secret).replace(/=+$/, ''),
    btoa(`ada:${secret}`).replace(/=+$/, ''),
  ])
  for (const form of forms) for (const place of [stored, shown, lines.join('\n')]) expect(place).not.toContain(form)
  expect(receivers.requests).toHaveLength(3)
})
