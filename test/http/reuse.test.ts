import { describe, expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { auditOf, rows, spyOnDatabase } from '../support/database.ts'

const rotate = (id: number, token: string) =>
  ask(`projects/${id}/access_tokens/self/rotate`, { method: 'POST', token, json: {} })
const statusOf = async (token: string) => (await ask('user', { token })).status
const REVOKED = { status: 401, body: { error_description: expect.stringContaining('revoked') } }

/** Dates the revocation of a token back, as if it had been rotated before. */
const age = (id: number, ms: number) => rows('update tokens set revoked_at = revoked_at - ? where id = ?', ms, id)

describe('a token that was rotated and rotates again revokes the live token of its family', () => {
  test('a token that was rotated and rotates again revokes the live token of its family if the new token was rotated in the meantime', async () => {
    const { id } = await newProject()
    const { token: first, id: firstId } = await newToken(id)
    const { body: second } = await rotate(id, first)
    const { body: third } = await rotate(id, second.token)
    expect(await statusOf(third.token)).toBe(200)

    expect(await rotate(id, first)).toMatchObject(REVOKED)
    expect(await ask('user', { token: third.token })).toMatchObject(REVOKED)
    const entries = await auditOf(id)
    expect(entries.at(-1)).toMatchObject({
      action: 'token.reused',
      subject: String(firstId),
      actor_kind: 'token',
      actor_id: firstId + 1,
    })
  })

  test('a token that was rotated and rotates again revokes the live token of its family if the new token was used in the meantime', async () => {
    const { id } = await newProject()
    const { token: first, id: firstId } = await newToken(id)
    const { body: second } = await rotate(id, first)
    expect(await statusOf(second.token)).toBe(200)
    await rows('update tokens set last_used_at = ? where id = ?', Date.now(), second.id)
    await age(firstId, 10)
    expect(await rotate(id, first)).toMatchObject(REVOKED)
    expect(await statusOf(second.token)).toBe(401)
  })

  test('a token that was rotated and rotates again revokes the live token of its family if it comes later than at the same moment', async () => {
    const { id } = await newProject()
    const { token: first, id: firstId } = await newToken(id)
    const { body: second } = await rotate(id, first)
    await age(firstId, 60_000)
    expect(await rotate(id, first)).toMatchObject(REVOKED)
    expect(await statusOf(second.token)).toBe(401)
    expect((await auditOf(id)).at(-1)).toMatchObject({ action: 'token.reused', subject: String(firstId) })
  })

  test('a token that was rotated and rotates again revokes the live token of its family and no token of another family', async () => {
    const { id } = await newProject()
    const { token: first, id: firstId } = await newToken(id)
    const other = await newToken(id)
    const { body: unrelated } = await rotate(id, other.token)
    await rotate(id, first)
    await age(firstId, 60_000)
    await rotate(id, first)
    expect(await statusOf(unrelated.token)).toBe(200)
  })
})

describe('a revoked token leaves the live token of its family alone', () => {
  test('a revoked token leaves the live token of its family alone if it requests anything but a rotation', async () => {
    const { id } = await newProject()
    const { token: first, id: firstId } = await newToken(id)
    const { body: second } = await rotate(id, first)
    await age(firstId, 60_000)
    expect((await ask(`projects/${id}/services`, { token: first })).status).toBe(401)
    expect((await ask(`projects/${id}/services`, { token: second.token })).status).toBe(200)
  })

  test('a revoked token leaves the live token of its family alone if it repeats the rotation at once, before anybody used the new token', async () => {
    const { id } = await newProject()
    const { token: first } = await newToken(id)
    const { body: second } = await rotate(id, first)
    expect(await rotate(id, first)).toMatchObject(REVOKED)
    expect(await statusOf(second.token)).toBe(200)
    expect((await auditOf(id)).map(({ action }) => action)).not.toContain('token.reused')
  })

  test('a revoked token leaves the live token of its family alone if the request arrived before the rotation, and only then reached the database', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id)
    const gate = Promise.withResolvers<void>()
    const { DB } = spyOnDatabase(() => gate.promise)
    const path = `projects/${id}/access_tokens/self/rotate`
    const late = ask(path, { method: 'POST', token, json: {}, env: { DB } })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const { body: winner } = await rotate(id, token)
    await rows('update tokens set last_used_at = ? where id = ?', Date.now(), winner.id)
    gate.resolve()
    expect(await late).toMatchObject(REVOKED)
    expect(await statusOf(winner.token)).toBe(200)
  })

  test('a revoked token leaves the live token of its family alone if it rotates several times at the same moment: one succeeds and stays valid, the others get 401', async () => {
    for (let round = 0; round < 20; round++) {
      const { id } = await newProject()
      const { token } = await newToken(id)
      const responses = await Promise.all([rotate(id, token), rotate(id, token), rotate(id, token)])
      expect(responses.map(({ status }) => status).sort()).toEqual([200, 401, 401])
      const winner = responses.find(({ status }) => status === 200)
      for (const loser of responses.filter(({ status }) => status === 401)) expect(loser).toMatchObject(REVOKED)
      expect(await statusOf(winner?.body.token)).toBe(200)
      expect((await auditOf(id)).map(({ action }) => action)).toEqual([
        'project.created',
        'token.created',
        'token.rotated',
      ])
    }
  })
})
