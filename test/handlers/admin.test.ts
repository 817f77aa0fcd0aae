import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { openDatabase } from '../../src/store/database.ts'
import { listSealedBy, resealSettings, type SealedRow } from '../../src/store/settings.ts'
import { ask, newProject, newToken } from '../support/api.ts'

const OLD = env.ENCRYPTION_KEYS
const NEW = `k2:${btoa('fedcba9876543210fedcba9876543210')}`
const BOTH = { ENCRYPTION_KEYS: `${NEW},${OLD}` }
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
  test('seals every row anew, and changes nothing that a client sees', async () => {
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
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body).toEqual({ resealed: 0, done: true })
  })

  test('goes on by the schedule, step by step, until nothing is left', async () => {
    for (let project = 0; project < 15; project++) await sealedWithOldKey(4)
    expect((await ask('admin/rotate', { method: 'POST', env: BOTH })).body).toEqual({ resealed: 50, done: false })
    await worker.scheduled(createScheduledController({ scheduledTime: Date.parse('2026-11-26T12:17:00Z') }), {
      ...env,
      ...BOTH,
    } as Bindings)
    expect(await keys()).toMatchObject({ k1: 0 })
  })

  test('never overwrites an edit that came first', async () => {
    const id = await sealedWithOldKey(1)
    const db = openDatabase(env.DB, 'first-primary')
    const [[row]] = await db.batch([listSealedBy(['k1'], 1)] as const)
    await ask(`projects/${id}/services/slack`, { json: { webhook: 'https://hooks.example.com/edited' } })
    await db.batch([resealSettings(row as SealedRow, 'v1.k2.stale.stale')])
    const { body } = await ask(`projects/${id}/services/slack?with_secrets=true`)
    expect(body.properties.webhook).toBe('https://hooks.example.com/edited')
    await ask('admin/rotate', { method: 'POST', env: BOTH })
  })

  test('leaves rows whose key is gone, and says so', async () => {
    await sealedWithOldKey(2)
    const { body } = await ask('admin/keys', { env: { ENCRYPTION_KEYS: NEW } })
    expect(body.keys).toContainEqual({ id: 'k1', rows: expect.any(Number), seals: false, in_ring: false })
    expect((await ask('admin/rotate', { method: 'POST', env: { ENCRYPTION_KEYS: NEW } })).status).toBe(200)
    expect(await keys({ ENCRYPTION_KEYS: NEW })).toMatchObject({ k1: 2 })
  })

  test('a missing key is 503 for those secrets alone', async () => {
    const id = await sealedWithOldKey(1)
    const path = `projects/${id}/services/slack`
    const gone = { ENCRYPTION_KEYS: NEW }
    expect((await ask(`${path}?with_secrets=true`, { env: gone })).status).toBe(503)
    expect((await ask(path, { env: gone })).status).toBe(200)
    expect((await ask(path, { json: { username: 'bot' }, env: gone })).status).toBe(200)
  })

  test('is for the instance token alone', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id, { access_level: 50 })
    expect((await ask('admin/keys', { token })).status).toBe(403)
    expect((await ask('admin/rotate', { method: 'POST', token })).status).toBe(403)
    expect((await ask('admin/rotate', { method: 'POST', token: null })).status).toBe(401)
  })
})
