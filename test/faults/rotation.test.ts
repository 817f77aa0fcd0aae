import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import { ask, newSettings } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { BROKEN, faulty, type Moment } from './faulty.ts'
import { SENTINEL } from './writes.ts'

beforeAll(() => void vi.spyOn(console, 'error').mockImplementation(() => {}))

test('a rotation of keys that fails half way leaves every secret readable, and is done when it is repeated', async () => {
  const { path, saved } = await newSettings('slack', { webhook: `https://hooks.example.com/${SENTINEL}` })
  const renewed = { ENCRYPTION_KEYS: `k2:${btoa('another key of thirty-two bytes!')},${env.ENCRYPTION_KEYS}` }
  const sealed = () => rows<{ key_id: string }>('select key_id from settings where id = ?', saved.id)
  const turn = (other: object) => ask('admin/rotate', { method: 'POST', env: { ...renewed, ...other } })
  const seals = async () => (await sealed())[0]?.key_id
  for (const [moment, key] of [
    ['before', 'k1'],
    [0, 'k1'],
    ['after', 'k2'],
  ] as [Moment, string][]) {
    const { DB } = faulty(() => ({ moment, error: BROKEN }))
    expect([(await turn({ DB })).status, await seals()]).toEqual([503, key])
    const opened = await ask(`${path}?with_secrets=true`, { env: renewed })
    expect(opened.body.properties.webhook).toContain(SENTINEL)
  }
  expect((await turn({})).body.done).toBe(true)
})
