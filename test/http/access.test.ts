import { beforeAll, describe, expect, test } from 'vitest'
import { ADMIN, ask, call, newProject, newSettings, newToken } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { apiRoutes } from '../support/routes.ts'

const ROLES = [10, 15, 20, 30, 40, 50]
const UNAUTHORIZED = { status: 401, body: { message: '401 Unauthorized' } }
const FORBIDDEN = { status: 403, body: { message: '403 Forbidden' } }
const NO_PROJECT = { status: 404, body: { message: '404 Project Not Found' } }
const tooSmall = (scope: string) => ({
  status: 403,
  body: {
    error: 'insufficient_scope',
    error_description: 'The request requires higher privileges than provided by the access token.',
    scope,
  },
})

type Needs = 'none' | 'read' | 'write' | 'read and read_secrets' | 'send'

/** Requirements of each route: the least role (100 is the instance), and the scope. */
const ROUTES: [method: string, path: string, role: number, needs: Needs][] = [
  ['GET', 'version', 0, 'none'],
  ['GET', 'metadata', 0, 'none'],
  ['GET', 'user', 0, 'none'],
  ['GET', 'personal_access_tokens/self', 0, 'none'],
  ['GET', 'projects', 10, 'read'],
  ['POST', 'projects', 100, 'write'],
  ['GET', 'projects/:id', 10, 'read'],
  ['PUT', 'projects/:id', 40, 'write'],
  ['DELETE', 'projects/:id', 100, 'write'],
  ['GET', 'admin/keys', 100, 'write'],
  ['POST', 'admin/rotate', 100, 'write'],
  ['GET', 'audit_events', 100, 'write'],
  ['GET', 'projects/:id/audit_events', 40, 'read'],
  ['GET', 'projects/:id/access_tokens', 40, 'read'],
  ['POST', 'projects/:id/access_tokens', 100, 'write'],
  ['GET', 'projects/:id/access_tokens/self', 0, 'none'],
  ['GET', 'projects/:id/access_tokens/:other', 40, 'read'],
  ['DELETE', 'projects/:id/access_tokens/:other', 100, 'write'],
  ['POST', 'projects/:id/access_tokens/:other/rotate', 100, 'write'],
  ['POST', 'projects/:id/console_links', 100, 'write'],
  ['POST', 'projects/:id/events', 0, 'send'],
  ['POST', 'projects/:id/events?dry_run=true', 40, 'read'],
  ['POST', 'projects/:id/events?dry_run=true&with_secrets=true', 40, 'read and read_secrets'],
  ['GET', 'projects/:id/deliveries', 40, 'read'],
  ['GET', 'projects/:id/deliveries/1', 40, 'read'],
  ['POST', 'projects/:id/deliveries/1/resend', 40, 'write'],
  ['POST', 'projects/:id/deliveries/resend', 40, 'write'],
  ...['services', 'integrations'].flatMap((name): [string, string, number, Needs][] => [
    ['GET', `projects/:id/${name}`, 40, 'read'],
    ['HEAD', `projects/:id/${name}`, 40, 'read'],
    ['GET', `projects/:id/${name}?with_secrets=true`, 40, 'read and read_secrets'],
    ['GET', `projects/:id/${name}?export=true`, 40, 'read'],
    ['PUT', `projects/:id/${name}`, 40, 'write'],
    ['PATCH', `projects/:id/${name}`, 40, 'write'],
    ['PUT', `${name}/apply`, 100, 'write'],
    ['PATCH', `${name}/apply`, 100, 'write'],
    ['GET', `projects/:id/${name}/slack`, 40, 'read'],
    ['GET', `projects/:id/${name}/slack?with_secrets=true`, 40, 'read and read_secrets'],
    ['GET', `projects/:id/${name}/slack?with%5Fsecrets=1`, 40, 'read and read_secrets'],
    ['PUT', `projects/:id/${name}/slack`, 40, 'write'],
    ['PATCH', `projects/:id/${name}/slack`, 40, 'write'],
    ['DELETE', `projects/:id/${name}/slack`, 40, 'write'],
    ['GET', `projects/:id/${name}/slack/commit_status`, 40, 'read'],
    ['GET', `projects/:id/${name}/buildkite/commit_status?sha=0123456`, 40, 'read'],
    ['POST', `projects/:id/${name}/slack/test`, 40, 'write'],
    ['POST', `projects/:id/${name}/slack/test/push_events`, 40, 'write'],
    ['GET', `projects/:id/${name}/bamboo/commit_status?sha=0123456&with_secrets=yes`, 40, 'read and read_secrets'],
  ]),
]

const SENDING = { send: 'send_events api' }
const READING = { read: 'api read_api', 'read and read_secrets': 'api read_api' }

/** The scopes that a token has, and which needs they meet. */
const SCOPES: [scopes: string[], met: Needs[], lacking: Partial<Record<Needs, string>>][] = [
  [['api'], ['none', 'read', 'write', 'send'], { 'read and read_secrets': 'read_secrets' }],
  [['read_api'], ['none', 'read'], { ...SENDING, write: 'api', 'read and read_secrets': 'read_secrets' }],
  [['read_secrets'], ['none'], { ...SENDING, ...READING, write: 'api' }],
  [['read_api', 'read_secrets'], ['none', 'read', 'read and read_secrets'], { ...SENDING, write: 'api' }],
  [['send_events'], ['none', 'send'], { ...READING, write: 'api' }],
]

/** An event is read before its sender is known, as every body is. */
const bodyOf = (path: string) => (path.includes('/events') && !path.includes('audit') ? { json: {} } : {})

describe('a route', () => {
  let id = 0
  let other = 0
  const tokens: { role: number; scopes: string[]; token: string }[] = []
  const named = (path: string) => path.replace(':id', String(id)).replace(':other', String(other))

  beforeAll(async () => {
    id = (await newProject()).id
    other = (await newToken(id)).id
    for (const role of ROLES) {
      for (const [scopes] of SCOPES) {
        tokens.push({ role, scopes, token: (await newToken(id, { access_level: role, scopes })).token })
      }
    }
  })

  test.each(ROUTES)('%s %s asks for role %d and %s', async (method, path, role, needs) => {
    for (const { token, scopes, role: own } of tokens) {
      const { status, body } = await ask(named(path), { method, token, ...bodyOf(path) })
      const [, met = [], lacking] = SCOPES.find(([names]) => names === scopes) ?? []
      const seen = { role: own, scopes, status, body: method === 'HEAD' && status >= 400 ? undefined : body }
      const refused = { role: own, scopes }
      if (!met.includes(needs)) {
        const { status, body } = tooSmall(lacking?.[needs] ?? '')
        expect(seen).toEqual({ ...refused, status, body: method === 'HEAD' ? undefined : body })
      } else if (own < role) {
        expect(seen).toEqual({ ...refused, status: 403, body: method === 'HEAD' ? undefined : FORBIDDEN.body })
      } else expect([200, 202, 400, 404]).toContain(status)
      if (own >= role && status === 404) expect(body.message).toMatch(/^404 (Service|Delivery) Not Found$/)
    }
  })

  test.each(ROUTES)('%s %s is 401 without a token, and with one that no one has', async (method, path) => {
    for (const token of [null, 'pbt_0000000000000000000000000000000000000000', `${ADMIN}0`, ADMIN.slice(0, -1)]) {
      const { status, body, headers } = await ask(named(path), { method, token, ...bodyOf(path) })
      expect({ status, body: method === 'HEAD' ? UNAUTHORIZED.body : body }).toEqual(UNAUTHORIZED)
      expect(headers.has('WWW-Authenticate')).toBe(false)
    }
  })

  test.each(ROUTES.filter(([method, path]) => path.includes(':id') && method !== 'HEAD'))(
    '%s %s hides the projects of others as if they were not there',
    async (method, path) => {
      const stranger = await newProject()
      const { token } = await newToken(stranger.id, { scopes: ['api', 'read_secrets'], access_level: 50 })
      const [project] = await rows<{ full_path: string }>('select full_path from projects where id = ?', id)
      const theirs = [String(id), encodeURIComponent(project?.full_path ?? '')]
      const nobodys = ['0', '999999999', '99999999999999999999', '-1', 'tests%2Fnowhere', 'nowhere', '1e3', '%00']
      for (const ref of [...theirs, ...nobodys]) {
        const { status, body } = await ask(path.replace(':id', ref).replace(':other', String(other)), {
          method,
          token,
          ...bodyOf(path),
        })
        expect({ ref, status, body }).toEqual({ ref, ...NO_PROJECT })
      }
      for (const ref of nobodys) {
        const { status, body } = await ask(path.replace(':id', ref).replace(':other', '1'), { method, ...bodyOf(path) })
        expect({ ref, status, body }).toEqual({ ref, ...NO_PROJECT })
      }
    },
  )
})

test('the table above has every route of the API that takes a token', () => {
  const open = /^GET (\/|\/health|\/ready|\/api\/v4(\/((services|integrations)(\/:slug.*)?|openapi\.json))?)$/
  const routed = apiRoutes
    .filter(
      ({ method, path }) =>
        method !== 'ALL' &&
        !path.endsWith('_slash_commands/trigger') &&
        !open.test(`${method} ${path}`) &&
        !path.startsWith('/projects'),
    )
    .map(({ method, path }) => `${method} ${path.replace('/api/v4/', '').replace(/:slug\{.*\}/, 'slack')}`)
    .map((route) => route.replace(/:token_id\{.*?\}/, ':other').replace(/:delivery_id\{.*?\}/, '1'))
    .map((route) => route.replace(':trigger', 'push_events'))
  const listed = ROUTES.map(([method, path]) => `${method} ${path}`)
  expect([...new Set(routed)].filter((route) => !listed.includes(route))).toEqual([])
})

describe('checks come in order', () => {
  const BROKEN = { headers: { 'Content-Type': 'application/json' }, body: '{' }

  test('route, body, token, scope, project, role, slug, types, preconditions, rules', async () => {
    const { id, path } = await newSettings('slack', SLACK)
    const elsewhere = (await newProject()).id
    const token = async (scopes: string[], access_level: number) => (await newToken(id, { scopes, access_level })).token
    const reader = await token(['read_api'], 10)
    const guest = await token(['api'], 10)
    const owner = await token(['api'], 50)
    const late = { 'If-Match': '"0-0"' }
    const wrong = { push_events: 'banana', webhook: 'no address' }
    const at = (project: number, slug = 'slack') => `projects/${project}/services/${slug}`

    const steps: [string, Parameters<typeof ask>[1], unknown][] = [
      [`${path}/nowhere`, { token: null, method: 'PUT', ...BROKEN }, { status: 404, body: { error: '404 Not Found' } }],
      [path, { token: null, method: 'PUT', ...BROKEN }, { status: 400, body: { error: 'Invalid JSON format' } }],
      [at(elsewhere, 'slak'), { token: null, json: wrong }, UNAUTHORIZED],
      [at(elsewhere, 'slak'), { token: reader, json: wrong }, tooSmall('api')],
      [at(elsewhere, 'slak'), { token: guest, json: wrong }, NO_PROJECT],
      [at(id, 'slak'), { token: guest, json: wrong }, FORBIDDEN],
      [
        at(id, 'slak'),
        { token: owner, json: wrong, headers: late },
        { status: 404, body: { message: '404 Service Not Found', detail: 'Did you mean slack?' } },
      ],
      [path, { token: owner, json: wrong, headers: late }, { status: 400, body: { error: 'push_events is invalid' } }],
      [path, { token: owner, json: { webhook: 'no address' }, headers: late }, { status: 412 }],
      [
        path,
        { token: owner, json: { webhook: 'no address' } },
        { status: 400, body: { errors: { webhook: ['must be a valid URL'] } } },
      ],
    ]
    for (const [where, options, expected] of steps) expect(await ask(where, options)).toMatchObject(expected as object)
  })
})

describe('a token', () => {
  const dead = (error_description: string) => ({ status: 401, body: { error: 'invalid_token', error_description } })
  const EXPIRED = dead('Token is expired. You can either do re-authorization or token refresh.')
  const REVOKED = dead('Token was revoked. You have to re-authorize from the user.')

  test.each([
    ['expires_at = 1', EXPIRED],
    ['revoked_at = 1', REVOKED],
    ['expires_at = 1, revoked_at = 1', EXPIRED],
  ])('a token with %s is rejected, whatever it requests', async (change, expected) => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { scopes: ['read_secrets'] })
    await rows(`update tokens set ${change} where id = ?`, tokenId)
    for (const path of [
      'version',
      `projects/${id}/services/slack`,
      'projects/0',
      `projects/${id}/access_tokens/self`,
    ]) {
      const answer = await ask(path, { token })
      expect({ status: answer.status, body: answer.body }).toEqual(expected)
      const text = expected.body.error_description
      expect(answer.headers.get('WWW-Authenticate')).toBe(
        `Bearer realm="The API", error="invalid_token", error_description="${text}"`,
      )
    }
  })

  test('a token is rejected from its expiry time on', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id)
    await rows('update tokens set expires_at = ? where id = ?', Date.now() + 60_000, tokenId)
    expect((await ask('version', { token })).status).toBe(200)
    await rows('update tokens set expires_at = ? where id = ?', Date.now(), tokenId)
    expect((await ask('version', { token })).status).toBe(401)
  })

  test.each([
    ['PRIVATE-TOKEN', (token: string) => ({ 'PRIVATE-TOKEN': token })],
    ['Authorization: Bearer', (token: string) => ({ Authorization: `Bearer ${token}` })],
    ['authorization: bearer', (token: string) => ({ authorization: `bearer ${token}` })],
    ['Bearer, which wins', (token: string) => ({ Authorization: `Bearer ${token}`, 'PRIVATE-TOKEN': 'nonsense' })],
    [
      'PRIVATE-TOKEN beside another scheme',
      (token: string) => ({ Authorization: 'Basic eDp5', 'PRIVATE-TOKEN': token }),
    ],
  ])('a token is read from %s', async (_, headers) => {
    const { token } = await newToken((await newProject()).id)
    expect((await ask('version', { token: null, headers: headers(token) })).status).toBe(200)
    expect((await ask('version', { token: null, headers: headers(ADMIN) })).status).toBe(200)
  })

  test('a token is not read from a Bearer that is wrong, though PRIVATE-TOKEN is right', async () => {
    expect((await ask('version', { headers: { Authorization: 'Bearer nonsense' } })).status).toBe(401)
  })

  test.each(['private_token', 'access_token', 'bearer_token', 'token'])(
    'a token is never read from the parameter %s',
    async (name) => {
      const { path } = await newSettings('slack', SLACK)
      const query = `?${name}=${ADMIN}`
      for (const options of [{ method: 'GET' }, { json: {} }]) {
        expect(await ask(path + query, { token: null, ...options })).toMatchObject(UNAUTHORIZED)
      }
      expect(await ask(path, { token: null, form: { [name]: ADMIN } })).toMatchObject(UNAUTHORIZED)
      expect(await ask(path, { token: null, headers: { Cookie: `${name}=${ADMIN}` } })).toMatchObject(UNAUTHORIZED)
    },
  )

  test('a token shows when it was last used', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id)
    const used = async () => (await ask(`projects/${id}/access_tokens/${tokenId}`)).body.last_used_at
    expect(await used()).toBeNull()
    await ask('version', { token, env: {} })
    const first = await used()
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT/)
    await rows('update tokens set last_used_at = last_used_at - 3599000 where id = ?', tokenId)
    const within = await used()
    await ask('version', { token, env: {} })
    expect(await used()).toBe(within)
    await rows('update tokens set last_used_at = last_used_at - 2000 where id = ?', tokenId)
    await ask('version', { token, env: {} })
    expect(Date.parse(await used())).toBeGreaterThanOrEqual(Date.parse(first))
  })
})

describe('the instance token', () => {
  const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(32)) as [string, string, string]

  test.each([
    ['one', one, [one], [two]],
    ['two, so that it can be changed', `${one},${two}`, [one, two], [`${one},${two}`]],
    ['two with a space between', ` ${one} , ${two} `, [one, two], []],
    ['no third', `${one},${two},${three}`, [one, two], [three]],
    ['none that is short', `${'s'.repeat(31)},${one}`, [one], ['s'.repeat(31)]],
    ['none that is empty', ',', [], ['', ',', ' ']],
    ['none that is not set', undefined, [], ['undefined', '', ADMIN]],
  ])('the instance token may be %s', async (_, ADMIN_TOKEN, good, bad) => {
    const status = async (token: string) => (await call('version', { token, env: { ADMIN_TOKEN } })).status
    for (const token of good) expect(await status(token)).toBe(200)
    for (const token of bad) expect(await status(token)).toBe(401)
  })

  test('the instance token has the rights of an owner in every project', async () => {
    const { path } = await newSettings('slack', SLACK)
    expect((await ask(`${path}?with_secrets=true`)).body.properties.webhook).toBe(SLACK.webhook)
  })
})

describe('X-D1-Bookmark', () => {
  test('X-D1-Bookmark is returned by a response and accepted in a request', async () => {
    const { path } = await newSettings('slack', SLACK)
    const bookmark = (await ask(path)).headers.get('X-D1-Bookmark') ?? ''
    expect(bookmark).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$/)
    expect((await ask(path, { headers: { 'X-D1-Bookmark': bookmark } })).status).toBe(200)
  })

  const BOOKMARK = `${'0'.repeat(8)}-${'0'.repeat(8)}-${'0'.repeat(8)}-${'0'.repeat(32)}`

  type Start = [method: string, bookmark: string | undefined, replicas: string | undefined, start: string]
  const STARTS: Start[] = [
    ['GET', undefined, undefined, 'first-primary'],
    ['GET', BOOKMARK, undefined, BOOKMARK],
    ['GET', BOOKMARK, 'nearest', BOOKMARK],
    ['GET', undefined, 'nearest', 'first-unconstrained'],
    ['GET', undefined, 'far', 'first-primary'],
    ...[
      'nonsense',
      'first-unconstrained',
      '0',
      "' or 1=1",
      BOOKMARK.toUpperCase().replace(/0/g, 'A'),
      `${BOOKMARK}0`,
    ].map((text): Start => ['GET', text, undefined, 'first-primary']),
    ...['PUT', 'PATCH', 'DELETE'].map((method): Start => [method, BOOKMARK, 'nearest', 'first-primary']),
  ]

  test.each(STARTS)(
    'a %s with the bookmark %s and READ_REPLICAS %s starts at %s',
    async (method, bookmark, READ_REPLICAS, start) => {
      const { path } = await newSettings('slack', SLACK)
      const { DB, starts } = spyOnDatabase()
      const headers: Record<string, string> = bookmark === undefined ? {} : { 'X-D1-Bookmark': bookmark }
      const { status } = await ask(path, { method, headers, env: { DB, READ_REPLICAS } })
      expect([status, starts]).toEqual([method === 'DELETE' ? 204 : 200, [start]])
    },
  )
})
