import { beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, ask, type Call, newProject, newToken } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'
import { pushBy } from '../support/deliveries.ts'
import { SLACK } from '../support/fixtures.ts'
import { apiRoutes } from '../support/routes.ts'

let place = { id: 0, path: '', token: '', tokenId: 0, guest: '', deliveryId: 0 }
let count = 0
/** The key of the event that each case has. */
const POSTED = 'posted'

/** A project with Slack's settings and a token that was just used: its use is recorded after the response. */
async function newCase() {
  const { id, path } = await newProject()
  const [own, low] = [await newToken(id), await newToken(id, { access_level: 10 })]
  await rows('update tokens set last_used_at = ?', Date.now())
  await ask(`projects/${id}/services/slack`, { json: SLACK })
  const headers = { 'Idempotency-Key': POSTED }
  const event = { method: 'POST', json: pushBy('Ada'), headers, env: { DELIVERIES: undefined } }
  const deliveryId = (await ask(`projects/${id}/events`, event)).body.deliveries[0].id
  return { id, path: encodeURIComponent(path), token: own.token, tokenId: own.id, guest: low.token, deliveryId }
}

type Who = 'instance' | 'token' | 'guest' | 'stranger' | 'nobody'

/** Requests with their sender, status and trips to the database. `:id` and `:tid` are filled in. */
const TRIPS: [method: string, path: string, who: Who, sent: Call, status: number, trips: number][] = [
  // reads
  ['GET', 'projects/:id/services', 'token', {}, 200, 1],
  ['GET', 'projects/:id/services', 'instance', {}, 200, 1],
  ['GET', 'projects/:id/services?with_secrets=true', 'instance', {}, 200, 1],
  ['GET', 'projects/:path/services', 'token', {}, 200, 1],
  ['GET', 'projects/:id/services?export=true', 'token', {}, 200, 1],
  ['GET', 'projects/:id/services/slack', 'token', {}, 200, 1],
  ['GET', 'projects/:id/services/slack', 'instance', {}, 200, 1],
  ['GET', 'projects/:path/services/slack', 'token', {}, 200, 1],
  ['GET', 'projects/:id/services/slack', 'token', { headers: { 'If-None-Match': '*' } }, 304, 1],
  ['GET', 'projects/:id/services/asana', 'token', {}, 404, 1],
  ['GET', 'projects/:id/services/slak', 'token', {}, 404, 1],
  ['GET', 'projects/:id/services/slack', 'guest', {}, 403, 1],
  ['GET', 'projects/:id/services/slack?with_secrets=true', 'token', {}, 403, 1],
  ['GET', 'projects/0/services/slack', 'token', {}, 404, 1],
  ['GET', 'projects/0/services/slack', 'instance', {}, 404, 1],
  ['GET', 'projects/:id/services/slack', 'stranger', {}, 401, 1],
  ['GET', 'projects/:id/services?event=banana', 'token', {}, 400, 1],
  ['GET', 'projects/:id', 'token', {}, 200, 1],
  ['GET', 'projects', 'token', {}, 200, 1],
  ['GET', 'projects', 'instance', {}, 200, 1],
  ['GET', 'projects/:id/access_tokens', 'token', {}, 200, 1],
  ['GET', 'projects/:id/access_tokens/:tid', 'token', {}, 200, 1],
  ['GET', 'projects/:id/access_tokens/self', 'token', {}, 200, 1],
  ['GET', 'version', 'token', {}, 200, 1],
  ['GET', 'metadata', 'token', {}, 200, 1],
  ['GET', 'user', 'token', {}, 200, 1],
  ['GET', 'personal_access_tokens/self', 'token', {}, 200, 1],
  ['GET', 'projects/:id/audit_events', 'token', {}, 200, 1],
  ['GET', 'projects/:id/audit_events?slug=slack', 'instance', {}, 200, 1],
  ['GET', 'audit_events', 'instance', {}, 200, 1],
  ['GET', 'admin/keys', 'instance', {}, 200, 1],
  ['GET', 'admin/keys', 'token', {}, 403, 1],
  ['POST', 'admin/rotate', 'token', {}, 403, 1],
  ['POST', 'projects/:id/console_links', 'instance', { json: { name: 'Ada', scopes: ['api'] } }, 201, 2],
  ['GET', 'projects/:id/services?with_delivery=true', 'token', {}, 200, 1],
  ['GET', 'projects/:id/deliveries', 'token', {}, 200, 1],
  ['GET', 'projects/:path/deliveries?destination=slack&page=2', 'token', {}, 200, 1],
  ['GET', 'projects/:id/deliveries?state=failed', 'token', {}, 200, 1],
  ['GET', 'projects/:id/deliveries?state=pending&event=1', 'instance', {}, 200, 1],
  ['GET', 'projects/:id/deliveries?state=failed&event=push', 'token', {}, 200, 1],
  ['GET', 'projects/:id/deliveries/:did', 'token', {}, 200, 1],
  ['GET', 'projects/:id/deliveries/0', 'token', {}, 404, 1],
  ['POST', 'projects/:id/events?dry_run=true', 'token', { json: pushBy('Ada') }, 200, 1],
  ['GET', 'projects/:id/services/buildkite/commit_status?sha=0123456', 'token', {}, 404, 1],
  // a test: one trip finds everything; a second ends a pause if the receiver took it
  ['POST', 'projects/:id/services/slack/test', 'token', { method: 'POST', json: { parameters: {} } }, 200, 1],
  ['POST', 'projects/:id/services/buildkite/test', 'token', {}, 404, 1],
  ['POST', 'projects/:id/services/slack/test/banana', 'token', {}, 400, 1],
  // commands from chats: whatever is wrong with the token or its settings, one trip
  ...['slack', 'mattermost'].flatMap((name): (typeof TRIPS)[number][] => [
    ['POST', `projects/:id/services/${name}_slash_commands/trigger`, 'nobody', { form: { token: 'wrong' } }, 404, 1],
    ['POST', `projects/0/services/${name}_slash_commands/trigger`, 'nobody', { form: { token: 'wrong' } }, 404, 1],
    ['POST', `projects/nowhere/services/${name}_slash_commands/trigger`, 'nobody', { form: { token: 'a' } }, 404, 1],
    ['POST', `projects/:id/services/${name}_slash_commands/trigger`, 'nobody', { form: { text: 'help' } }, 400, 0],
  ]),
  ['GET', 'projects/:id/services/slack/commit_status', 'token', {}, 404, 1],
  ['GET', 'projects/:id/services/buildkite/commit_status', 'token', {}, 400, 1],
  // reads that the request alone decides
  ['GET', 'version', 'instance', {}, 200, 0],
  ['GET', 'user', 'instance', {}, 200, 0],
  ['GET', '/api/v4', 'nobody', {}, 200, 0],
  ['GET', '/', 'nobody', {}, 200, 0],
  ['GET', '/health', 'nobody', {}, 200, 0],
  ['GET', 'services', 'nobody', {}, 200, 0],
  ['GET', 'services/slack', 'nobody', {}, 200, 0],
  ['GET', 'openapi.json', 'nobody', {}, 200, 0],
  ['GET', 'services', 'nobody', {}, 200, 0],
  ['GET', 'services/slack', 'nobody', {}, 200, 0],
  ['GET', 'openapi.json', 'nobody', {}, 200, 0],
  ['GET', '/ready', 'nobody', {}, 200, 1],
  ['GET', 'projects/:id/services/slack', 'nobody', {}, 401, 0],
  ['PUT', 'projects/:id/services/slack', 'nobody', { json: {} }, 401, 0],
  ['DELETE', 'projects/:id', 'nobody', {}, 401, 0],
  ['GET', 'nowhere', 'token', {}, 404, 0],
  ['POST', 'projects/:id/services/slack', 'token', { json: {} }, 404, 0],
  [
    'PUT',
    'projects/:id/services/slack',
    'token',
    { headers: { 'Content-Type': 'application/json' }, body: '{' },
    400,
    0,
  ],
  ['PUT', 'projects/:id/services/slack', 'token', { headers: { 'Content-Type': 'text/plain' }, body: 'x' }, 415, 0],
  ['PUT', 'projects/:id/services/slack', 'token', { json: 'a'.repeat(1024 * 1024) }, 413, 0],
  ['OPTIONS', 'projects/:id/services/slack', 'nobody', {}, 204, 0],
  // writes that change something
  ['PUT', 'projects/:id/services/slack', 'token', { json: { username: 'bot' } }, 200, 2],
  ['PUT', 'projects/:id/services/slack', 'instance', { json: { username: 'bot' } }, 200, 2],
  ['PUT', 'projects/:path/services/slack', 'token', { json: { webhook: 'https://hooks.example.com/2' } }, 200, 2],
  ['PUT', 'projects/:id/services/asana', 'token', { json: { api_key: 'k' } }, 200, 2],
  ['PATCH', 'projects/:id/services/slack', 'token', { json: { active: false } }, 200, 2],
  ['DELETE', 'projects/:id/services/slack', 'token', {}, 204, 2],
  ['PUT', 'projects/:id/services', 'token', { json: { services: { slack: { username: 'bot' } } } }, 200, 2],
  ['PUT', 'projects/:path/services', 'token', { json: { services: { asana: { api_key: 'k' } }, prune: true } }, 200, 2],
  ['PATCH', 'projects/:id/services', 'token', { json: { services: { slack: { username: 'bot' } } } }, 200, 2],
  ['PUT', 'projects/:id', 'token', { json: { description: 'new' } }, 200, 2],
  ['DELETE', 'projects/:id', 'instance', {}, 202, 2],
  ['POST', 'projects/:id/access_tokens', 'instance', { json: { name: 'a', scopes: ['api'] } }, 201, 2],
  ['DELETE', 'projects/:id/access_tokens/self', 'token', {}, 204, 2],
  ['DELETE', 'projects/:id/access_tokens/:tid', 'instance', {}, 204, 2],
  ['POST', 'projects/:id/access_tokens/:tid/rotate', 'instance', {}, 200, 2],
  ['POST', 'projects/:id/access_tokens/self/rotate', 'token', {}, 200, 2],
  ['POST', 'projects', 'instance', { json: { path: 'trip-<n>' } }, 201, 1],
  ['POST', 'projects/:id/events', 'token', { json: pushBy('Ada') }, 202, 2],
  ['POST', 'projects/:path/events', 'instance', { json: pushBy('Ada') }, 202, 2],
  ['POST', 'projects/:id/events', 'token', { json: pushBy('Ada'), headers: { 'Idempotency-Key': 'k' } }, 202, 2],
  ['POST', 'projects/:id/events', 'token', { json: pushBy('Ada'), headers: { 'Idempotency-Key': POSTED } }, 202, 2],
  ['POST', 'projects/:id/deliveries/:did/resend', 'token', {}, 202, 2],
  ['POST', 'projects/:id/deliveries/resend', 'token', { json: { destination: 'slack' } }, 202, 2],
  // writes that change nothing, or are refused
  ['POST', 'projects/:id/events', 'token', { json: { object_kind: 'release' } }, 202, 1],
  ['POST', 'projects/:id/events', 'nobody', { json: pushBy('Ada') }, 401, 0],
  ['POST', 'projects/:id/events', 'token', { body: '[' }, 400, 0],
  ['POST', 'projects/:id/deliveries/0/resend', 'token', {}, 404, 1],
  ['POST', 'projects/:id/deliveries/resend', 'token', { json: { destination: 'asana' } }, 404, 1],
  ['PUT', 'projects/:id/services/slack', 'token', { json: SLACK }, 200, 1],
  ['PUT', 'projects/:id/services/slack', 'token', { json: {} }, 200, 1],
  ['PATCH', 'projects/:id/services/slack', 'token', { json: SLACK }, 200, 1],
  ['PUT', 'projects/:id/services/slack', 'token', { json: { webhook: '' } }, 400, 1],
  ['PUT', 'projects/:id/services/asana', 'token', { json: {} }, 400, 1],
  ['PATCH', 'projects/:id/services/asana', 'token', { json: { api_key: 'k' } }, 404, 1],
  ['DELETE', 'projects/:id/services/asana', 'token', {}, 404, 1],
  ['PUT', 'projects/:id/services/slak', 'token', { json: {} }, 404, 1],
  ['PUT', 'projects/:id/services/slack', 'guest', { json: { username: 'bot' } }, 403, 1],
  ['PUT', 'projects/:id/services/slack', 'stranger', { json: { username: 'bot' } }, 401, 1],
  ['PUT', 'projects/0/services/slack', 'token', { json: { username: 'bot' } }, 404, 1],
  [
    'PUT',
    'projects/:id/services/slack',
    'token',
    { json: { username: 'bot' }, headers: { 'If-Match': '"0-0"' } },
    412,
    1,
  ],
  ['DELETE', 'projects/:id/services/slack', 'token', { headers: { 'If-Match': '"0-0"' } }, 412, 1],
  ['PUT', 'projects/:id/services', 'token', { json: { services: { slack: SLACK } } }, 200, 1],
  ['PUT', 'projects/:id/services?dry_run=true', 'token', { json: { services: {}, prune: true } }, 200, 1],
  ['PUT', 'projects/:id/services', 'token', { json: { services: { slack: { username: 'bot' }, slak: {} } } }, 400, 1],
  ['PUT', 'projects/:id/services', 'guest', { json: { services: {} } }, 403, 1],
  ['PUT', 'services/apply', 'instance', { json: { services: {}, projects: { path_prefix: 'none/' } } }, 200, 1],
  ['PUT', 'services/apply', 'instance', { json: {} }, 400, 1],
  ['PATCH', 'services/apply', 'token', { json: {} }, 403, 1],
  ['PUT', 'projects/:id', 'token', { json: {} }, 200, 1],
  ['PUT', 'projects/:id', 'token', { json: { name: '' } }, 400, 1],
  ['POST', 'projects', 'token', { json: { path: 'a' } }, 403, 1],
  ['POST', 'projects/:id/access_tokens', 'token', { json: { name: 'a', scopes: ['api'] } }, 403, 1],
  ['POST', 'projects/:id/access_tokens', 'instance', { json: {} }, 400, 1],
  ['POST', 'projects', 'instance', { json: {} }, 400, 0],
  ['POST', 'admin/rotate', 'instance', {}, 200, 1],
]

async function travel(method: string, path: string, who: Who, sent: Call) {
  count += 1
  const tokens = { instance: ADMIN, token: place.token, guest: place.guest, stranger: 'pbt_unknown', nobody: null }
  const known: Record<string, string | number> = {
    ':id': place.id,
    ':path': place.path,
    ':tid': place.tokenId,
    ':did': place.deliveryId,
  }
  const { DB, trips } = spyOnDatabase()
  const json =
    sent.json === undefined ? {} : { json: JSON.parse(JSON.stringify(sent.json).replace('<n>', String(count))) }
  const answer = await ask(
    path.replaceAll(/:[a-z]+/g, (name) => String(known[name])),
    {
      method,
      ...sent,
      ...json,
      token: tokens[who],
      env: { DB, DELIVERIES: undefined },
    },
  )
  return { status: answer.status, trips }
}

describe('a request goes to the database', () => {
  beforeAll(async () => {
    place = await newCase()
  })

  test.each(TRIPS)('%s %s as %s, %j, %d: %d trips', async (method, path, who, sent, status, trips) => {
    if (trips === 2) place = await newCase()
    const seen = await travel(method, path, who, sent)
    expect({ status: seen.status, trips: seen.trips.length }).toEqual({ status, trips })
    if (trips === 2) place = await newCase()
  })

  test('a request goes to the database as often as this table says, for every route of the API', () => {
    const routed = apiRoutes
      .filter(({ method }) => method !== 'ALL')
      .map(
        ({ method, path }) =>
          `${method} ${path.replace(/^\/projects/, '/api/v4/projects').replace('integrations', 'services')}`,
      )
      .map((route) =>
        route
          .replace(/:slug\{[^}]*\}/, 'slack')
          .replace(/:token_id\{[^}]*\}/, ':tid')
          .replace(/:delivery_id\{[^}]*\}/, ':did')
          .replace(':trigger', 'banana'),
      )
    const listed = TRIPS.map(
      ([method, path]) => `${method} ${new URL(path.replace(/\?.*/, ''), 'https://x/api/v4/').pathname}`,
    )
    expect([...new Set(routed)].filter((route) => !listed.includes(route))).toEqual([])
  })
})

describe('what a request asks of the database', () => {
  const found = TRIPS.filter(([, path, , , , trips]) => trips > 0 && path.startsWith('projects/'))

  test.each(found)(
    'what a request asks of the database under a project comes from an index: %s %s as %s, %j',
    async (method, path, who, sent, _, trips) => {
      if (trips === 2) place = await newCase()
      const seen = await travel(method, path, who, sent)
      for (const { sql, values } of seen.trips.flat()) {
        const plan = await rows<{ detail: string }>(`explain query plan ${sql}`, ...values)
        const scans = plan
          .map(({ detail }) => detail)
          .filter((detail) => /^SCAN (?!CONSTANT ROW|\w+ VIRTUAL TABLE)|USE TEMP B-TREE/.test(detail))
        expect({ sql, scans }).toEqual({ sql, scans: [] })
      }
      if (trips === 2) place = await newCase()
    },
  )
})

test('a token’s use is recorded after the response, and never in the batch that reads', async () => {
  const { id } = await newProject()
  const { token } = await newToken(id)
  const { DB, trips } = spyOnDatabase()
  await ask(`projects/${id}/services`, { token, env: { DB } })
  expect(trips.map((trip) => trip.map(({ sql }) => sql.split(' ')[0]))).toEqual([['select'], ['update']])
  await ask(`projects/${id}/services`, { token, env: { DB } })
  expect(trips).toHaveLength(3)
})
