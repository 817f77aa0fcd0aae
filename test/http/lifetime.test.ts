import { describe, expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'

const DAY = 24 * 60 * 60 * 1000
const day = (ahead: number) => new Date(Date.now() + ahead * DAY).toISOString().slice(0, 10)

const rotate = (id: number, token: string, json: object = {}) =>
  ask(`projects/${id}/access_tokens/self/rotate`, { method: 'POST', token, json })

async function lifetimeOf(tokenId: number): Promise<number> {
  const [row] = await rows<{ life: number }>('select expires_at - created_at as life from tokens where id = ?', tokenId)
  return row?.life ?? 0
}

describe('a token that rotates itself lives no longer than the token it replaces was created for', () => {
  test.each([
    ['for one day', day(1), {}, 200],
    ['for one day, and asks for that day', day(1), { expires_at: day(1) }, 200],
    ['for one day, and asks for the next', day(1), { expires_at: day(2) }, 400],
    ['for one day, and asks for a year', day(1), { expires_at: day(365) }, 400],
    ['for a month, and asks for less', day(30), { expires_at: day(3) }, 200],
    ['for 400 days', day(400), {}, 200],
    ['for 400 days, and asks for 400', day(400), { expires_at: day(400) }, 200],
  ])('%s', async (_, expires_at, json, status) => {
    const { id } = await newProject()
    const { id: oldId, token } = await newToken(id, { expires_at, access_level: 10 })
    const { status: got, body } = await rotate(id, token, json)
    expect(got).toBe(status)
    if (status === 200) {
      expect(body.expires_at <= expires_at).toBe(true)
      expect(await lifetimeOf(body.id)).toBeLessThanOrEqual(await lifetimeOf(oldId))
      expect((await ask('user', { token: body.token })).status).toBe(200)
    } else {
      expect(body.errors.expires_at).toEqual([
        `must be ${day(1)} at the latest: the new token lives no longer than the old one`,
      ])
      expect((await ask('user', { token })).status).toBe(200)
    }
  })

  test('a token that rotates itself lives no longer than the token it replaces was created for from the time of the rotation on, however old it is', async () => {
    const { id } = await newProject()
    const { id: oldId, token } = await newToken(id, { expires_at: day(2) })
    await rows('update tokens set created_at = created_at - ? where id = ?', 5 * DAY, oldId)
    expect((await rotate(id, token)).body.expires_at).toBe(day(7))
  })

  test('through a chain of rotations', async () => {
    const { id } = await newProject()
    let { token } = await newToken(id, { expires_at: day(3) })
    let last = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < 5; turn++) {
      const { body } = await rotate(id, token)
      const lifetime = await lifetimeOf(body.id)
      expect([body.expires_at, lifetime <= last]).toEqual([day(3), true])
      ;[token, last] = [body.token, lifetime]
      expect((await rotate(id, token, { expires_at: day(4) })).status).toBe(400)
    }
  })

  test('after a shorter one was asked for, no longer than that', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id, { expires_at: day(30) })
    const { body: short } = await rotate(id, token, { expires_at: day(2) })
    expect((await rotate(id, short.token)).body.expires_at).toBe(day(2))
  })

  test('a token that rotates itself lives no longer than the token it replaces was created for by its own id as by self', async () => {
    const { id } = await newProject()
    const { id: oldId, token } = await newToken(id, { expires_at: day(1) })
    const path = `projects/${id}/access_tokens/${oldId}/rotate`
    expect((await ask(path, { method: 'POST', token, json: { expires_at: day(9) } })).status).toBe(400)
    expect((await ask(path, { method: 'POST', token })).body.expires_at).toBe(day(1))
  })

  test('while the instance may give it any date', async () => {
    const { id } = await newProject()
    const { id: oldId } = await newToken(id, { expires_at: day(1) })
    const { body } = await ask(`projects/${id}/access_tokens/${oldId}/rotate`, { method: 'POST' })
    expect(body.expires_at).toBe(day(365))
    const json = { expires_at: day(400) }
    const { body: last } = await ask(`projects/${id}/access_tokens/${body.id}/rotate`, { method: 'POST', json })
    expect(last.expires_at).toBe(day(400))
  })
})
