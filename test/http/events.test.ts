import { describe, expect, test, vi } from 'vitest'
import { ask, call, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { deliveriesOf, drone, jenkins, newDestinations, pushBy, stubReceivers, webhook } from '../support/deliveries.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

const QUIET = { DELIVERIES: undefined }
const post = (id: number | string, payload: unknown, options: Parameters<typeof ask>[1] = {}) =>
  ask(`projects/${id}/events`, { method: 'POST', json: payload, env: QUIET, ...options })

describe('an event', () => {
  test('an event is accepted, names its deliveries, and reaches every service that wants it', async () => {
    const { id, destinationIds } = await newDestinations({ jenkins: jenkins('ci'), slack: webhook('slack') })
    const { status, body } = await ask(`projects/${id}/events`, { method: 'POST', json: pushBy('Ada') })
    expect([status, body]).toEqual([
      202,
      {
        id: expect.any(Number),
        kind: 'push',
        duplicate: false,
        deliveries: [
          { id: expect.any(Number), destination: 'jenkins', state: 'pending' },
          { id: expect.any(Number), destination: 'slack', state: 'pending' },
        ],
        skipped: [],
      },
    ])
    await vi.waitFor(async () => {
      expect((await deliveriesOf(destinationIds)).map(({ state }) => state)).toEqual(['delivered', 'delivered'])
    })
    expect(receivers.requests.map(({ url }) => new URL(url).hostname).sort()).toEqual([
      'ci.example.com',
      'hooks.example.com',
    ])
  })

  test('an event is forwarded byte for byte', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const text = `{ "object_kind":"push",  "ref":"refs/heads/main","after":"${'b'.repeat(40)}", "n":1.10, "s":"\\u00e4ä" }\n`
    await call(`projects/${id}/events`, { method: 'POST', body: text })
    await vi.waitFor(() => expect(receivers.requests.map(({ body }) => body)).toEqual([text]))
  })

  test('an event that nobody wants is accepted, and nothing is stored', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const { status, body } = await post(id, { object_kind: 'wiki_page', project: {} })
    expect([status, body]).toEqual([
      202,
      { id: null, kind: 'wiki_page', duplicate: false, deliveries: [], skipped: expect.any(Array) },
    ])
    expect(await rows('select id from events where project_id = ?', id)).toEqual([])
  })

  test.each([
    ['of a kind that is unknown', { object_kind: 'sunrise', a: 1 }, 'sunrise'],
    ['without a kind', { a: 1 }, null],
    ['of a kind that could not be GitLab’s', { object_kind: '<script>' }, null],
  ])('%s is accepted, so that senders may send more than is known', async (_, payload, kind) => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    expect(await post(id, payload)).toMatchObject({
      status: 202,
      body: { id: null, kind, deliveries: [], skipped: [] },
    })
  })

  test('an event names the services that subscribe to it and get nothing, with the reason', async () => {
    const { id } = await newDestinations({
      slack: { ...webhook('slack'), branches_to_be_notified: 'protected' },
      asana: { api_key: 'key' },
      jenkins: jenkins('ci'),
    })
    const { body } = await post(id, pushBy('Ada'))
    expect(body.deliveries.map(({ destination }: { destination: string }) => destination)).toEqual(['jenkins'])
    expect(body.skipped).toEqual([
      { destination: 'slack', reason: expect.any(String) },
      { destination: 'asana', reason: expect.any(String) },
    ])
  })

  test('an event is not for services that are off or do not subscribe', async () => {
    const { id } = await newDestinations({
      jenkins: { ...jenkins('ci'), push_events: false },
      'drone-ci': { ...drone('two'), active: false },
    })
    expect((await post(id, pushBy('Ada'))).body).toMatchObject({ deliveries: [], skipped: [] })
  })

  test('an event tells of a destination that is paused', async () => {
    const { id, destinationIds } = await newDestinations({ jenkins: jenkins('ci') })
    await rows(
      'insert into destination_health (settings_id, version, failures, rejections, since, resume_at, paused_at) values (?, 1, 1, 1, 1, 1, ?)',
      destinationIds[0],
      Date.parse('2026-11-26T12:00:00Z'),
    )
    expect((await post(id, pushBy('Ada'))).body).toMatchObject({
      deliveries: [],
      skipped: [{ destination: 'jenkins', reason: 'paused since 2026-11-26T12:00:00.000Z' }],
    })
  })

  test.each(['[1]', 'null', '"push"', '{', '', 'a=b'])(
    'an event that is no JSON object is refused: %s',
    async (body) => {
      const { id } = await newDestinations({})
      expect(await ask(`projects/${id}/events`, { method: 'POST', body })).toMatchObject({
        status: 400,
        body: { error: 'Invalid JSON format' },
      })
    },
  )

  test('an event whose body breaks off is refused, and is no fault of the server', async () => {
    const { id } = await newDestinations({})
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"object_kind":'))
        controller.error(new Error('the client went away'))
      },
    })
    expect(await ask(`projects/${id}/events`, { method: 'POST', body, env: {} })).toMatchObject({
      status: 400,
      body: { error: 'Invalid body format' },
    })
  })

  test('over 8 MiB is too large, and so is one that does not fit a row', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const tooLarge = { status: 413, body: { message: '413 Payload Too Large' } }
    expect(await post(id, { ...pushBy('Ada'), filler: 'x'.repeat(8 * 1024 * 1024) })).toMatchObject(tooLarge)
    const noise = Array.from({ length: 40 }, () => crypto.getRandomValues(new Uint8Array(60_000)).toHex()).join('')
    expect(await post(id, { ...pushBy('Ada'), noise })).toMatchObject(tooLarge)
    expect((await post(id, { ...pushBy('Ada'), filler: 'x'.repeat(4 * 1024 * 1024) })).status).toBe(202)
  })

  test('an event with a parameter that is unknown is refused', async () => {
    const { id } = await newDestinations({})
    expect(await ask(`projects/${id}/events?dryrun=true`, { method: 'POST', json: pushBy('Ada') })).toMatchObject({
      status: 400,
      body: { error: 'dryrun is unknown (did you mean dry_run?)' },
    })
  })

  test('an event goes to the project of the route, whatever its payload says', async () => {
    const [mine, theirs] = [
      await newDestinations({ jenkins: jenkins('mine') }),
      await newDestinations({ jenkins: jenkins('theirs') }),
    ]
    await post(mine.id, pushBy('Ada', { project: { id: theirs.id }, project_id: theirs.id }))
    expect(await deliveriesOf(theirs.destinationIds)).toEqual([])
    expect(await deliveriesOf(mine.destinationIds)).toHaveLength(1)
  })
})

describe('an event that is posted again', () => {
  const twice = async (first: Record<string, string>, second = first, payload: object = pushBy('Ada')) => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const one = await post(id, pushBy('Ada'), { headers: first })
    const other = await post(id, payload, { headers: second })
    return { same: one.body.id === other.body.id, duplicate: other.body.duplicate, other: other.body, one: one.body }
  }

  test.each(['Idempotency-Key', 'X-Gitlab-Webhook-UUID'])(
    'an event that is posted again with the same %s is the same, whatever its body',
    async (name) => {
      const { same, duplicate, one, other } = await twice({ [name]: 'k' }, { [name]: 'k' }, pushBy('Eve'))
      expect({ same, duplicate, deliveries: other.deliveries }).toEqual({
        same: true,
        duplicate: true,
        deliveries: one.deliveries,
      })
    },
  )

  test('an event that is posted again with the same X-Gitlab-Event-UUID is the same if its body is', async () => {
    const headers = { 'X-Gitlab-Event-UUID': 'u' }
    expect(await twice(headers)).toMatchObject({ same: true, duplicate: true })
    expect(await twice(headers, headers, pushBy('Eve'))).toMatchObject({ same: false, duplicate: false })
  })

  test('an event that is posted again with another key, or with none, is another one', async () => {
    expect(await twice({ 'Idempotency-Key': 'a' }, { 'Idempotency-Key': 'b' })).toMatchObject({ duplicate: false })
    expect(await twice({})).toMatchObject({ same: false, duplicate: false })
    expect(
      await twice({ 'Idempotency-Key': 'a', 'X-Gitlab-Webhook-UUID': 'w' }, { 'X-Gitlab-Webhook-UUID': 'w' }),
    ).toMatchObject({
      duplicate: false,
    })
  })

  test('an event that is posted again in another project is another one', async () => {
    const [one, other] = [
      await newDestinations({ jenkins: jenkins('a') }),
      await newDestinations({ jenkins: jenkins('b') }),
    ]
    const headers = { 'Idempotency-Key': 'k' }
    await post(one.id, pushBy('Ada'), { headers })
    expect((await post(other.id, pushBy('Ada'), { headers })).body.duplicate).toBe(false)
  })

  test('twenty times at the same moment is stored once', async () => {
    const { id, destinationIds } = await newDestinations({ jenkins: jenkins('ci') })
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => post(id, pushBy('Ada'), { headers: { 'Idempotency-Key': 'k' } })),
    )
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1)
    expect(responses.filter(({ body }) => !body.duplicate)).toHaveLength(1)
    expect(await deliveriesOf(destinationIds)).toHaveLength(1)
  })
})

describe('whoever posts an event', () => {
  test('whoever posts an event may have a token for just that, of any role, also where GitLab sends it', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const { token } = await newToken(id, { scopes: ['send_events'], access_level: 10 })
    expect((await post(id, pushBy('Ada'), { token })).status).toBe(202)
    expect((await post(id, pushBy('Ada'), { token: null, headers: { 'X-Gitlab-Token': token } })).status).toBe(202)
    for (const path of [
      `projects/${id}`,
      `projects/${id}/services`,
      `projects/${id}/deliveries`,
      `projects/${id}/audit_events`,
    ])
      expect((await ask(path, { token })).status).toBe(403)
    expect((await ask(`projects/${id}/services`, { token: null, headers: { 'X-Gitlab-Token': token } })).status).toBe(
      401,
    )
  })

  test('whoever posts an event needs more than that for a dry run, which shows settings', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci') })
    const dryRun = async (scopes: string[], query = '', access_level = 40) => {
      const { token } = await newToken(id, { scopes, access_level })
      return (await ask(`projects/${id}/events?dry_run=true${query}`, { method: 'POST', json: pushBy('Ada'), token }))
        .status
    }
    expect(await dryRun(['send_events'])).toBe(403)
    expect(await dryRun(['read_api'], '', 30)).toBe(403)
    expect(await dryRun(['read_api'])).toBe(200)
    expect(await dryRun(['read_api'], '&with_secrets=true')).toBe(403)
    expect(await dryRun(['read_api', 'read_secrets'], '&with_secrets=true')).toBe(200)
  })

  test('whoever posts an event is refused above the limit of the project, which other requests do not spend', async () => {
    const { id } = await newDestinations({})
    const limiter = { limit: async ({ key }: { key: string }) => ({ success: key !== `project/${id}` }) }
    expect((await post(id, pushBy('Ada'), { env: { RATE_LIMIT_EVENTS: limiter } })).status).toBe(429)
    expect((await ask(`projects/${id}/services`, { env: { RATE_LIMIT_EVENTS: limiter } })).status).toBe(200)
  })
})

describe('a dry run', () => {
  test('a dry run says which settings do not open, and shows the requests of the others', async () => {
    const { id } = await newDestinations({ jenkins: jenkins('ci'), 'drone-ci': drone('two') })
    await rows("update settings set secrets = substr(secrets, 1, 20) where project_id = ? and slug = 'jenkins'", id)
    const { status, body } = await ask(`projects/${id}/events?dry_run=true`, { method: 'POST', json: pushBy('Ada') })
    expect(status).toBe(200)
    expect(body.deliveries).toMatchObject([
      { destination: 'jenkins', requests: [], reason: 'the secrets of the settings cannot be decrypted' },
      { destination: 'drone-ci', requests: [{ method: 'POST' }] },
    ])
  })

  test('a dry run shows the very requests without their secrets, and sends and stores nothing', async () => {
    const { id, destinationIds } = await newDestinations({ jenkins: jenkins('ci'), slack: webhook('S3NTINEL') })
    const { status, body } = await ask(`projects/${id}/events?dry_run=true`, { method: 'POST', json: pushBy('Ada') })
    expect([status, body.kind, body.skipped]).toEqual([200, 'push', []])
    expect(body.deliveries).toEqual([
      {
        destination: 'jenkins',
        reason: null,
        requests: [
          expect.objectContaining({
            method: 'POST',
            url: 'https://ci.example.com/project/rocket',
            body: JSON.stringify(pushBy('Ada')),
          }),
        ],
      },
      {
        destination: 'slack',
        reason: null,
        requests: [expect.objectContaining({ url: 'https://hooks.example.com/***' })],
      },
    ])
    expect(JSON.stringify(body)).not.toMatch(/S3NTINEL|correct horse|Y29ycmVjdCBob3Jz/)
    expect([receivers.requests, await deliveriesOf(destinationIds)]).toEqual([[], []])
  })

  test('a dry run with secrets shows the requests as they would go out, and is not cached', async () => {
    const { id } = await newDestinations({ slack: webhook('S3NTINEL') })
    const { body, headers } = await ask(`projects/${id}/events?dry_run=1&with_secrets=yes`, {
      method: 'POST',
      json: pushBy('Ada'),
    })
    expect(body.deliveries[0].requests[0].url).toBe('https://hooks.example.com/S3NTINEL')
    expect(headers.get('Cache-Control')).toBe('no-store')
  })

  test('a dry run says where what follows depends on a response', async () => {
    const { id } = await newDestinations({ asana: { api_key: 'key' } })
    const commits = [{ id: 'c'.repeat(40), message: 'Fixes #123', url: 'https://git.example.com/c' }]
    const { body } = await ask(`projects/${id}/events?dry_run=true`, {
      method: 'POST',
      json: pushBy('Ada', { commits }),
    })
    expect(body.deliveries[0].reason).toBe('what follows depends on the response')
  })
})
