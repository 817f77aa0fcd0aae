import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { openDatabase } from '../../src/store/database.ts'
import { listSealedByOthers, resealSettings, type SealedRow } from '../../src/store/settings.ts'
import { ask, newProject, newToken } from '../support/api.ts'
import { rows, spyOnDatabase } from '../support/database.ts'

const OLD = env.ENCRYPTION_KEYS
const NEW = `k2:${btoa('fedcba9876543210fedcba9876543210')}`
const BOTH = { ENCRYPTION_KEYS: `${NEW},${OLD}` }
/** The minute of the rotation. */
const ROTATION = Date.parse('2026-11-26T12:17:00Z')
const WEBHOOK = 'https://hooks.example.com/rotated'

async function sealedWithOldKey(count: number): Promise<number> {
  const { id } = await newProject()
  for (const slug of ['slack', 'mattermost', 'microsoft-teams', 'webex-teams'].slice(0, count)) {
    await ask(`projects/${id}/services/${slug}`, { json: { webhook: WEBHOOK } })
  }
  return id
}

async function keys(own: Partial<typeof env> = BOTH) {
  const { body } = await ask('admin/keys', { env: own })
  return Object.fromEntries(body.keys.map((key: { id: string; rows: number }) => [key.id, key.rows]))
}

describe('rotating keys', () => {
  test('rotating keys seals every row anew, and changes nothing that a client sees', async () => {
    const id = await sealedWithOldKey(3)
    const path = `projects/${id}/services/slack`
    const before = await ask(path)
    expect(await keys()).toMatchObject({ k1: expect.any(Number), k2: 0 })
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body).toMatchObject({ done: true })
    expect(await keys()).toMatchObject({ k1: 0 })

    const after = await ask(`${path}?with_secrets=true`, { env: { ENCRYPTION_KEYS: NEW } })
    expect(after.body.properties.webhook).toBe(WEBHOOK)
    expect(after.headers.get('ETag')).toBe(before.headers.get('ETag'))
    expect((await ask(path, { env: BOTH })).body).toEqual(before.body)
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body).toEqual({
      resealed: 0,
      unreadable: [],
      done: true,
      next_after: null,
    })
  })

  test('rotating keys goes on by the schedule, step by step, until nothing is left', async () => {
    for (let project = 0; project < 15; project++) await sealedWithOldKey(4)
    const first = (await ask('admin/rotate', { method: 'POST', env: BOTH })).body
    expect(first).toMatchObject({ resealed: 50, done: false, next_after: expect.stringMatching(/^k1:\d+$/) })
    await worker.scheduled(createScheduledController({ scheduledTime: ROTATION }), { ...env, ...BOTH } as Bindings)
    expect(await keys()).toMatchObject({ k1: 0 })
  })

  test('rotating keys never overwrites an edit that came first', async () => {
    const id = await sealedWithOldKey(1)
    const db = openDatabase(env.DB, 'first-primary')
    const [[row]] = await db.batch(listSealedByOthers('k2', { keyId: '', id: 0 }, 1))
    await ask(`projects/${id}/services/slack`, { json: { webhook: 'https://hooks.example.com/edited' } })
    await db.batch([resealSettings(row as SealedRow, 'v1.k2.stale.stale')])
    const { body } = await ask(`projects/${id}/services/slack?with_secrets=true`)
    expect(body.properties.webhook).toBe('https://hooks.example.com/edited')
    await ask('admin/rotate', { method: 'POST', env: BOTH })
  })

  test('rotating keys leaves rows whose key is gone, names them, and is not done', async () => {
    await ask('admin/rotate', { method: 'POST', env: BOTH })
    const id = await sealedWithOldKey(2)
    const alone = { ENCRYPTION_KEYS: NEW }
    expect((await ask('admin/keys', { env: alone })).body.keys).toContainEqual({
      id: 'k1',
      rows: 2,
      seals: false,
      in_ring: false,
    })
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { status, body } = await ask('admin/rotate', { method: 'POST', env: alone })
    const cause = 'ENCRYPTION_KEYS lacks its key, k1'
    const unreadable = ['slack', 'mattermost'].map((slug) => ({ project_id: id, slug, cause }))
    expect({ status, body }).toEqual({ status: 200, body: { resealed: 0, unreadable, done: false, next_after: null } })
    expect(log.mock.calls.map(([text]) => JSON.parse(text))).toContainEqual(
      expect.objectContaining({ rows: unreadable }),
    )
    log.mockRestore()
    expect(await keys(alone)).toMatchObject({ k1: 2 })
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body.done).toBe(true)
  })

  test('rotating keys seals all rows behind more of them that do not open than one step has', async () => {
    for (let project = 0; project < 13; project++) await sealedWithOldKey(4)
    await rows("update settings set secrets = 'v1.k1.AAAA.AAAA' where key_id = 'k1'")
    const id = await sealedWithOldKey(2)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const first = (await ask('admin/rotate', { method: 'POST', env: BOTH })).body
    expect([first.resealed, first.unreadable.length, first.done]).toEqual([0, 50, false])
    expect(first.unreadable[0].cause).toBe('the sealed text is damaged')
    const next = await ask('admin/rotate', { method: 'POST', env: BOTH, json: { after: first.next_after } })
    expect(next.body).toMatchObject({ resealed: 2, done: false, next_after: null })
    const { body } = await ask(`projects/${id}/services/slack?with_secrets=true`, { env: { ENCRYPTION_KEYS: NEW } })
    expect(body.properties.webhook).toBe(WEBHOOK)

    await sealedWithOldKey(3)
    await worker.scheduled(createScheduledController({ scheduledTime: ROTATION }), { ...env, ...BOTH } as Bindings)
    expect(await keys()).toMatchObject({ k1: 52 })
    await rows("delete from settings where key_id = 'k1'")
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body.done).toBe(true)
  })

  test.each(['banana', 'k1', 'k1:x', ':1'])('rotating keys refuses %j as the place to continue at', async (after) => {
    const { status, body } = await ask('admin/rotate', { method: 'POST', json: { after } })
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: { after: ['is invalid'] } })
  })

  test('rotating keys is not undone by an edit that was under way and sends no secret', async () => {
    const id = await sealedWithOldKey(1)
    const path = `projects/${id}/services/slack`
    const isEdit = (trip: readonly { sql: string }[]) => trip.some(({ sql }) => sql.startsWith('update "settings"'))
    const { DB } = spyOnDatabase(async (trip) => {
      if (isEdit(trip)) await ask('admin/rotate', { method: 'POST', env: BOTH })
    })
    for (const edit of [
      () => ask(path, { json: { username: 'one' }, env: { ...BOTH, DB } }),
      () =>
        ask(`projects/${id}/services`, {
          method: 'PUT',
          json: { services: { slack: { username: 'two' } } },
          env: { DB },
        }),
    ]) {
      expect((await edit()).status).toBe(200)
      expect(await keys()).toMatchObject({ k1: 0 })
    }
    expect((await ask(`${path}?with_secrets=true`, { env: BOTH })).body.properties.webhook).toBe(WEBHOOK)
  })

  test('rotating keys is for the instance token alone', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id, { access_level: 50 })
    expect((await ask('admin/keys', { token })).status).toBe(403)
    expect((await ask('admin/rotate', { method: 'POST', token })).status).toBe(403)
    expect((await ask('admin/rotate', { method: 'POST', token: null })).status).toBe(401)
  })
})
