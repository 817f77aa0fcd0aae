import { beforeEach, describe, expect, test, vi } from 'vitest'
import { app } from '../../src/app.ts'
import wrangler from '../../wrangler.toml?raw'
import { ask, call, newSettings } from '../support/api.ts'
import { SLACK } from '../support/fixtures.ts'

const NO_ROUTE = { status: 404, body: { error: '404 Not Found' } }

const ALLOWED =
  'PRIVATE-TOKEN Authorization Content-Type If-Match If-None-Match If-Unmodified-Since X-D1-Bookmark'.split(' ')
const EXPOSED =
  'ETag Link Retry-After X-Request-Id X-Ignored-Parameters X-D1-Bookmark X-Total X-Total-Pages X-Page X-Per-Page X-Next-Page X-Prev-Page'.split(
    ' ',
  )
const listOf = (headers: Headers, name: string) =>
  (headers.get(name) ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .sort()
const lower = (names: string[]) => names.map((name) => name.toLowerCase()).sort()

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

describe('an unknown route', () => {
  test.each([
    ['GET', '/nowhere'],
    ['GET', '/api'],
    ['GET', '/api/v3/projects'],
    ['GET', '/api/v4/nowhere'],
    ['GET', '/projects'],
    ['GET', '/version'],
    ['GET', '/api/v4/version.json'],
    ['GET', '/api/v4/projects.json'],
    ['GET', '/api/v4/projects/1/services.json'],
    ['GET', '/api/v4/projects/1/services/slack.json'],
    ['PUT', '/api/v4/projects/1/services/slack.json'],
    ['DELETE', '/projects/1/integrations/slack.json'],
    ['GET', '/api/v4/projects/1/services/slack/test'],
    ['POST', '/api/v4/projects/1/services/slack/trigger'],
    ['GET', '/api/v4/Projects/1/services'],
    ['POST', '/api/v4/projects/1/services/slack'],
    ['POST', '/api/v4/projects/1/services'],
    ['DELETE', '/api/v4/projects/1/services'],
    ['PATCH', '/api/v4/projects/1'],
    ['DELETE', '/api/v4/projects'],
    ['PUT', '/api/v4/projects/1/access_tokens/1'],
    ['GET', '/api/v4/projects/1/access_tokens/1/rotate'],
    ['DELETE', '/api/v4/version'],
    ['POST', '/health'],
  ])('or a wrong method is 404, with a token or without: %s %s', async (method, path) => {
    for (const token of [undefined, null]) {
      const { status, body } = await ask(path, { method, ...(token === null ? { token } : {}) })
      expect({ status, body }).toEqual(NO_ROUTE)
    }
  })
})

describe('every response', () => {
  test.each([
    ['200 of a list', 'projects', {}, 200],
    ['200 of the welcome', '/api/v4/', { token: null }, 200],
    ['200 of /health', '/health', { token: null }, 200],
    ['400', '<path>', { json: { webhook: '' } }, 400],
    ['400 of a body', '<path>', { headers: { 'Content-Type': 'application/json' }, body: '{' }, 400],
    ['401', '<path>', { token: null }, 401],
    ['404 of a project', 'projects/0', {}, 404],
    ['404 of a slug', '<path>-x', {}, 404],
    ['404 of a route', '/nowhere', {}, 404],
    ['412', '<path>', { json: {}, headers: { 'If-Match': '"0-0"' } }, 412],
    ['415', '<path>', { headers: { 'Content-Type': 'text/plain' }, body: 'x' }, 415],
    ['503', '<path>', { env: { ENCRYPTION_KEYS: '' } }, 503],
    ['200 of a GET', '<path>', {}, 200],
    ['200 of a PUT', '<path>', { json: { username: 'bot' } }, 200],
    ['202', '<project>', { method: 'DELETE' }, 202],
  ])(
    'every response in JSON says exactly so, names its request and lets any origin read it: %s',
    async (_, where, options, status) => {
      const { id, path } = await newSettings('slack', SLACK)
      const answer = await ask(where.replace('<path>', path).replace('<project>', `projects/${id}`), {
        ...options,
        headers: { Origin: 'https://elsewhere.example', ...('headers' in options ? options.headers : {}) } as Record<
          string,
          string
        >,
      })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('Content-Type')).toBe('application/json')
      expect(answer.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
      expect(answer.headers.has('Access-Control-Allow-Credentials')).toBe(false)
      expect(listOf(answer.headers, 'Access-Control-Expose-Headers')).toEqual(lower(EXPOSED))
      expect([...answer.headers.keys()].filter((name) => /rate-?limit/.test(name))).toEqual([])
    },
  )

  test.each([
    ['204', { method: 'DELETE' }, 204],
    ['304', { headers: { 'If-None-Match': '*' } }, 304],
  ])('every response without a body names its request, too: %s', async (_, options, status) => {
    const { path } = await newSettings('slack', SLACK)
    const answer = await call(path, options)
    expect([answer.status, await answer.text(), answer.headers.has('Content-Type')]).toEqual([status, '', false])
    expect(answer.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  test('every response has a request id of our own, not one that the caller chose', async () => {
    const names = await Promise.all(
      [1, 2].map(async () =>
        (await ask('version', { headers: { 'X-Request-Id': 'chosen' } })).headers.get('X-Request-Id'),
      ),
    )
    expect(new Set([...names, 'chosen']).size).toBe(3)
  })
})

test.each(['/api/v4/projects/1/services/slack', '/projects/1/services', '/api/v4/projects', '/health', '/nowhere'])(
  'a browser may ask beforehand: OPTIONS %s',
  async (path) => {
    const headers = {
      Origin: 'https://elsewhere.example',
      'Access-Control-Request-Method': 'PUT',
      'Access-Control-Request-Headers': 'private-token',
    }
    const response = await call(path, { method: 'OPTIONS', token: null, headers })
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(response.headers.get('Access-Control-Max-Age')).toBe('600')
    expect(response.headers.has('Access-Control-Allow-Credentials')).toBe(false)
    expect(response.headers.get('X-Request-Id')).toBeTruthy()
    expect(listOf(response.headers, 'Access-Control-Allow-Headers')).toEqual(lower(ALLOWED))
    expect(listOf(response.headers, 'Access-Control-Allow-Methods')).toEqual(
      lower(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
    )
  },
)

test('slashes at the end of a path, and several in a row, change nothing', async () => {
  const { id, path, list, saved } = await newSettings('slack', SLACK)
  expect((await ask(`${path}/`)).body).toEqual(saved)
  expect((await ask(`/${path}/`)).body).toEqual(saved)
  expect((await ask(`${list}/`)).body).toHaveLength(1)
  expect((await ask(`projects/${id}/`)).status).toBe(200)
  expect((await ask('projects/')).status).toBe(200)
  expect((await ask('version/')).status).toBe(200)
  expect((await ask('/health/')).status).toBe(200)
  expect((await ask(`/api/v4//${path.replaceAll('/', '//')}///`)).body).toEqual(saved)
  expect((await ask(`//patchbay.test/api/v4///${list}`)).body).toHaveLength(1)
  expect((await ask(`/${path.replaceAll('/', '//')}`)).body).toEqual(saved)
  expect((await ask('//patchbay.test//health')).status).toBe(200)
  expect((await ask(`${list}//slack`, { json: { username: 'a' } })).status).toBe(200)
  expect((await ask(`${path}/`, { json: { username: 'bot' } })).status).toBe(200)
  expect((await ask(`${path}/`, { method: 'DELETE' })).status).toBe(204)
})

test('the document’s routes are served at the bare path, and no others that take a token', () => {
  const paths = app.routes.map(({ path }) => path)
  const bare = paths.filter((path) => path.startsWith('/projects') && !path.endsWith('/trigger'))
  expect(new Set(bare.map((path) => path.replace('integrations', 'services')))).toEqual(
    new Set(['/projects/:id/services', '/projects/:id/services/:slug{[^/.]+}']),
  )
})

test('ENVIRONMENT never stands in [vars] of wrangler.toml: unset means production', () => {
  const settings = wrangler.replaceAll(/^\s*#.*$/gm, '')
  expect(settings).toContain('name = "patchbay"')
  expect(settings).not.toMatch(/ENVIRONMENT/)
})
