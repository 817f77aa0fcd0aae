import { describe, expect, test } from 'vitest'
import { version } from '../../package.json'
import { ask, newPlace, newProject, newToken } from '../support/api.ts'
import { sign, withSigned } from '../support/signed.ts'

describe('clients ask an instance', () => {
  test.each(['version', 'metadata'])('/%s: a GitLab, and a Patchbay', async (path) => {
    const { token } = await newToken((await newProject()).id, { scopes: ['read_api'], access_level: 10 })
    for (const caller of [{}, { token }]) {
      expect((await ask(path, caller)).body).toEqual({ version: '18.9.0', revision: `patchbay-${version}` })
    }
  })

  test('/user: who a token is', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { name: 'deploy', access_level: 10, scopes: ['read_secrets'] })
    const { body } = await ask('user', { token })
    expect(body).toMatchObject({ username: `project_${id}_bot_${tokenId}`, name: 'deploy', state: 'active', bot: true })
    expect(body.id).toBeGreaterThan(1)
    expect((await ask(`projects/${id}/access_tokens/${tokenId}`)).body.user_id).toBe(body.id)
  })

  test('/user: who the instance token is', async () => {
    expect((await ask('user')).body).toEqual({
      id: 1,
      username: 'patchbay',
      name: 'Instance',
      state: 'active',
      bot: true,
    })
  })

  test('/user: whose id the audit trail has as that of the author, whoever writes', async () => {
    const { id, path } = await newPlace('asana')
    const { token } = await newToken(id)
    const signed = await sign({ project_id: id, access_level: 40, scopes: ['api'] })
    for (const [caller, isPositive] of [
      [{}, true],
      [{ token }, true],
      [withSigned(signed), false],
    ] as const) {
      const { body: user } = await ask('user', caller)
      expect((await ask('personal_access_tokens/self', caller)).body.user_id).toBe(user.id)
      await ask(path, { ...caller, json: { api_key: crypto.randomUUID() } })
      const [entry] = (await ask(`projects/${id}/audit_events`)).body
      expect([entry.author_id, entry.details.author_name]).toEqual([user.id, user.name])
      expect(user.id > 0).toBe(isPositive)
    }
  })

  test('/personal_access_tokens/self: what a token is', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { scopes: ['read_api'], access_level: 20 })
    const { body } = await ask('personal_access_tokens/self', { token })
    expect(body).toMatchObject({
      id: tokenId,
      name: 'test',
      scopes: ['read_api'],
      access_level: 20,
      revoked: false,
      active: true,
    })
    expect(JSON.stringify(body)).not.toContain(token)
  })

  test('/personal_access_tokens/self: what the instance token is', async () => {
    expect((await ask('personal_access_tokens/self')).body).toMatchObject({
      id: 1,
      scopes: ['api', 'read_secrets'],
      access_level: 50,
      active: true,
      revoked: false,
      expires_at: null,
    })
  })

  test.each(['/', '/api/v4', '/api/v4/'])('%s has links that begin with PUBLIC_URL, without a token', async (path) => {
    const env = { PUBLIC_URL: 'https://patchbay.example.com/base/' }
    const { status, body, headers } = await ask(path, { token: null, env })
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(body).toEqual({
      message: expect.stringContaining('Patchbay'),
      documentation: 'https://patchbay.example.com/base/docs',
      openapi: 'https://patchbay.example.com/base/api/v4/openapi.json',
      services: 'https://patchbay.example.com/base/api/v4/services',
    })
  })

  test('/ links to what is there', async () => {
    const { body } = await ask('/', { token: null })
    for (const url of [body.openapi, body.services]) {
      const { status, headers } = await ask(new URL(url).pathname, { token: null })
      expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    }
  })

  test('/health: whether it runs, without a token', async () => {
    expect(await ask('/health', { token: null })).toMatchObject({ status: 200, body: { status: 'ok' } })
  })
})
