import { expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { auditOf } from '../support/database.ts'

const rotate = (id: number, token: string) =>
  ask(`projects/${id}/access_tokens/self/rotate`, { method: 'POST', token, json: {} })

test('a token that rotates itself twice is in two hands: what came of it dies', async () => {
  const { id } = await newProject()
  const { token: first, id: firstId } = await newToken(id)
  const { body: second } = await rotate(id, first)
  const { body: third } = await rotate(id, second.token)
  expect((await ask('user', { token: third.token })).status).toBe(200)

  expect(await rotate(id, first)).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  expect(await ask('user', { token: third.token })).toMatchObject({
    status: 401,
    body: { error_description: expect.stringContaining('revoked') },
  })
  const entries = await auditOf(id)
  expect(entries.at(-1)).toMatchObject({ action: 'token.reused', subject: String(firstId), actor_id: firstId })
})

test('a revoked token that merely asks takes no other with it', async () => {
  const { id } = await newProject()
  const { token: first } = await newToken(id)
  const { body: second } = await rotate(id, first)
  expect((await ask(`projects/${id}/services`, { token: first })).status).toBe(401)
  expect((await ask(`projects/${id}/services`, { token: second.token })).status).toBe(200)
})
