import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { fetchCommitStatus } from '../../src/delivery/commit-status.ts'
import { ask, newPlace, newSettings, newToken } from '../support/api.ts'
import { stubReceivers } from '../support/deliveries.ts'

const SHA = 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7'
const TOKEN = { token: 'hook-secret-1:status-secret-2', project_url: 'https://buildkite.com/acme/rocket' }
const BAMBOO = {
  bamboo_url: 'https://bamboo.example.com',
  build_key: 'ROC-KET',
  username: 'ada',
  password: 'correct horse battery',
}

const receivers = stubReceivers()
const respond = (body: unknown, status = 200) => {
  receivers.respond = () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
}

beforeEach(() => respond({ status: 'success' }))

describe('the status of a commit', () => {
  test('the status of a commit is what the CI server says, with the page of the build', async () => {
    const { path } = await newSettings('buildkite', TOKEN)
    const { status, body, headers } = await ask(`${path}/commit_status?sha=${SHA}&ref=main`)
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        sha: SHA,
        ref: 'main',
        status: 'success',
        target_url: `https://buildkite.com/acme/rocket/builds?commit=${SHA}`,
      },
    })
    expect(headers.get('Cache-Control')).toBe('private, no-cache')
    expect(receivers.requests).toMatchObject([
      { method: 'GET', url: `https://gitlab.buildkite.com/status/status-secret-2.json?commit=${SHA}` },
    ])
  })

  test('the status of a commit is there under both names of the resource, and for a path in place of an id', async () => {
    const { id, path } = await newSettings('drone-ci', { drone_url: 'https://drone.example.com', token: 'drone-token' })
    for (const name of [path, path.replace('services', 'integrations')])
      expect(await ask(`${name}/commit_status?sha=${SHA}`)).toMatchObject({ status: 200, body: { ref: null } })
    const { body: project } = await ask(`projects/${id}`)
    const byPath = `projects/${encodeURIComponent(project.path_with_namespace)}/services/drone-ci`
    expect(await ask(`${byPath}/commit_status?sha=${SHA}`)).toMatchObject({ status: 200 })
    expect(receivers.requests[0]?.url).toContain(`/gitlab/${project.path_with_namespace}/commits/${SHA}`)
  })

  test('the status of a commit is asked for once in ten seconds by settings, commit and ref, and anew after an edit', async () => {
    const { path } = await newSettings('drone-ci', { drone_url: 'https://drone.example.com', token: 'drone-token' })
    const at = (ref: string, sha = SHA) => ask(`${path}/commit_status?sha=${sha}&ref=${ref}`)
    await at('main')
    await at('main')
    expect(receivers.requests).toHaveLength(1)
    await at('other')
    await at('main', SHA.replace('d', 'e'))
    expect(receivers.requests).toHaveLength(3)
    await ask(path, { json: { token: 'another-token' } })
    await at('main')
    expect(receivers.requests.at(-1)?.url).toContain('another-token')
    expect(receivers.requests).toHaveLength(4)
  })

  test('the status of a commit has no address with a secret in it, unless secrets are asked for', async () => {
    respond({ results: { result: [{ buildState: 'Successful', planResultKey: { key: 'ROC-KET-7' } }] } })
    const { id, path } = await newSettings('bamboo', BAMBOO)
    const at = `${path}/commit_status?sha=${SHA}`
    expect((await ask(at)).body).toEqual({ sha: SHA, ref: null, status: 'success', target_url: null })
    const reader = (await newToken(id, { scopes: ['read_api'] })).token
    expect((await ask(`${at}&with_secrets=true`, { token: reader })).status).toBe(403)
    const shown = await ask(`${at}&with_secrets=true`)
    expect(shown.body.target_url).toBe('https://bamboo.example.com/browse/ROC-KET-7')
    expect(shown.headers.get('Cache-Control')).toBe('no-store')
  })
})

describe('a CI server that does not say', () => {
  const failure = (reason: string) => ({ status: 502, body: { message: `502 Bad Gateway - ${reason}` } })

  test.each<[string, () => Response | Promise<Response>, string]>([
    ['refuses', () => new Response('no status-secret-2', { status: 401 }), 'the CI server responded 401'],
    ['fails', () => new Response('', { status: 500 }), 'the CI server responded 500'],
    ['says something else', () => new Response('<b>'), 'the CI server did not name a known status'],
    [
      'uses a word that GitLab has not',
      () => Response.json({ status: 'status-secret-2' }),
      'the CI server did not name a known status',
    ],
    ['is gone', () => Promise.reject(new Error('Network connection lost')), 'the receiver could not be reached'],
    [
      'redirects to another host',
      () => new Response(null, { status: 302, headers: { Location: 'https://evil.example.com' } }),
      'the address redirects to another host',
    ],
  ])(
    'a CI server that does not say and %s is a 502 that holds nothing of its response',
    async (_, response, reason) => {
      receivers.respond = response
      const { path } = await newSettings('buildkite', TOKEN)
      expect(await ask(`${path}/commit_status?sha=${SHA}`)).toMatchObject(failure(reason))
      // Cached as well: a server in trouble is left alone.
      await ask(`${path}/commit_status?sha=${SHA}`)
      expect(receivers.requests).toHaveLength(1)
    },
  )

  test('a CI server that does not say because it hangs is a 502 when the time is up', async () => {
    receivers.respond = () => Promise.reject(new DOMException('', 'TimeoutError'))
    const { path } = await newSettings('buildkite', TOKEN)
    expect(await ask(`${path}/commit_status?sha=${SHA}`)).toMatchObject(failure('no response within 10 seconds'))
  })

  test('a CI server that does not say because its address is blocked was not asked', async () => {
    const { path } = await newSettings('bamboo', { ...BAMBOO, bamboo_url: 'http://127.0.0.1:8085' })
    const production = { ...env, ALLOW_LOCAL_NETWORK: 'false' }
    const { status, body } = await ask(`${path}/commit_status?sha=${SHA}`, { env: production })
    expect({ status, isBlocked: /is blocked/.test(body.message) }).toEqual({ status: 502, isBlocked: true })
    expect(receivers.requests).toEqual([])
  })

  test('a CI server that does not say because the token of Buildkite has one part only was not asked', async () => {
    const { path } = await newSettings('buildkite', { ...TOKEN, token: 'hook-secret-1' })
    const { status, body } = await ask(`${path}/commit_status?sha=${SHA}`)
    expect({ status, message: body.message }).toMatchObject({
      status: 502,
      message: expect.stringMatching(/no second part/),
    })
    expect(receivers.requests).toEqual([])
  })
})

describe('a request for the status of a commit', () => {
  test('a request for the status of a commit needs settings that are active, of a service that knows statuses', async () => {
    const { path } = await newSettings('buildkite', TOKEN)
    await ask(path, { method: 'PATCH', json: { active: false } })
    const none = { status: 404, body: { message: '404 Service Not Found' } }
    expect(await ask(`${path}/commit_status?sha=${SHA}`)).toMatchObject(none)
    const { list } = await newPlace('buildkite')
    expect(await ask(`${list}/buildkite/commit_status?sha=${SHA}`)).toMatchObject(none)
    const detail = 'jenkins knows no status of commits'
    expect((await ask(`${list}/jenkins/commit_status?sha=${SHA}`)).body).toEqual({ ...none.body, detail })
    expect((await ask(`${list}/buildkit/commit_status?sha=${SHA}`)).body.detail).toBe('Did you mean buildkite?')
    expect(receivers.requests).toEqual([])
  })

  test.each([
    ['', 'sha is missing'],
    ['sha=', 'sha is invalid'],
    ['sha=main', 'sha is invalid'],
    ['sha=012345', 'sha is invalid'],
    [`sha=${SHA}/..`, 'sha is invalid'],
    [`sha=${SHA}%0A`, 'sha is invalid'],
    [`sha=${SHA}&ref=${'a'.repeat(256)}`, 'ref is too long (maximum is 255 characters)'],
    [`sha=${SHA}&ref=a%0Ab`, 'ref must not contain control characters'],
    [`sha=${SHA}&branch=main`, 'branch is unknown'],
    [`sha=${SHA}&with_secrets=perhaps`, 'with_secrets is invalid'],
  ])('a request for the status of a commit with the query "%s" is 400: %s', async (query, text) => {
    const { path } = await newSettings('buildkite', TOKEN)
    const { status, body } = await ask(`${path}/commit_status?${query}`)
    expect({ status, text: body.error ?? body.message.replace('400 Bad Request - ', '') }).toEqual({
      status: 400,
      text,
    })
    expect(receivers.requests).toEqual([])
  })
})

test('the cache is bounded: the oldest result makes room, and ten seconds end one', async () => {
  const network = { allowLocalNetwork: false, timeoutMs: 1000, mail: undefined }
  const settings = { id: -1, version: 1 }
  const at = (sha: number, now: number) =>
    fetchCommitStatus(
      {
        step: { method: 'GET', url: `https://ci.example.com/${sha}` },
        read: () => ({ status: 'success', page: 'https://ci.example.com' }),
      },
      settings,
      network,
      now,
    )
  for (let sha = 0; sha <= 500; sha++) await at(sha, 0)
  expect(receivers.requests).toHaveLength(501)
  await at(1, 9_999)
  expect(receivers.requests).toHaveLength(501)
  await at(0, 9_999)
  expect(receivers.requests).toHaveLength(502)
  await at(500, 10_000)
  expect(receivers.requests).toHaveLength(503)
})
