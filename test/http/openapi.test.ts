import { describe, expect, test } from 'vitest'
import { version } from '../../package.json'
import { ask, call, newProject, newToken } from '../support/api.ts'

const OPEN = { token: null }

describe('/openapi.json', () => {
  test('describes this version of the API, to everyone', async () => {
    const { status, body, headers } = await ask('openapi.json', OPEN)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(body).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Patchbay', version },
      servers: [{ url: '/api/v4' }],
    })
  })

  test('/openapi.json is not taken for what stands in its place, and not kept, where the assets lack it', async () => {
    const production = { ...OPEN, env: { ENVIRONMENT: undefined } }
    const ASSETS = { fetch: async () => new Response('Not Found', { status: 404 }) }
    const lacking = await ask('openapi.json', { ...production, env: { ...production.env, ASSETS } })
    expect([lacking.status, lacking.body]).toEqual([500, { message: '500 Internal Server Error' }])
    expect((await ask('openapi.json', production)).body).toMatchObject({ openapi: '3.1.0' })
  })

  test('/openapi.json is the same for whoever asks', async () => {
    const { token } = await newToken((await newProject()).id, { access_level: 10, scopes: ['read_secrets'] })
    const etags = [OPEN, {}, { token }, { token: 'unknown' }].map(async (caller) => {
      const response = await call('openapi.json', caller)
      return [response.status, response.headers.get('ETag')]
    })
    expect(new Set((await Promise.all(etags)).map(String)).size).toBe(1)
  })

  test('/openapi.json asks for a token where the API does', async () => {
    const { paths, security } = (await ask('openapi.json', OPEN)).body
    expect(security).toEqual([{ 'PRIVATE-TOKEN': [] }, { Bearer: [] }])
    const open = Object.entries<Record<string, { security?: unknown[] }>>(paths).flatMap(([path, item]) =>
      Object.values(item).some((operation) => operation.security?.length === 0) ? path : [],
    )
    expect(open.sort()).toEqual([
      '/',
      '/health',
      '/openapi.json',
      '/projects/{id}/services/mattermost_slash_commands/trigger',
      '/projects/{id}/services/slack_slash_commands/trigger',
      '/ready',
      '/services',
      '/services/{slug}',
    ])
    for (const path of Object.keys(paths).filter((path) => !open.includes(path) && 'get' in paths[path])) {
      const where = path.replace('{id}', '1').replace('{token_id}', '1').replace('{delivery_id}', '1')
      expect({ path, status: (await call(where.slice(1), OPEN)).status }).toEqual({ path, status: 401 })
    }
  })
})
