import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { ask, call } from '../support/api.ts'

const KEY = btoa('0123456789abcdef0123456789abcdef')

const UNUSABLE: [what: string, ring: string | undefined][] = [
  ['missing', undefined],
  ['empty', ''],
  ['blank', ' '],
  ['a word', 'x'],
  ['without an id', KEY],
  ['with an empty id', `:${KEY}`],
  ['with a dot in an id', `k.1:${KEY}`],
  ['with a short key', `k1:${btoa('0123456789abcdef')}`],
  ['with a long key', `k1:${btoa('0123456789abcdef0123456789abcdef0')}`],
  ['in hexadecimal', `k1:${'0f'.repeat(32)}`],
  ['in base64 with a stray character', `k1:${KEY.replace('M', '!')}`],
  ['with one good key and a bad one', `k1:${KEY},k2:x`],
  ['with an empty entry', `k1:${KEY},`],
  ['with one id twice', `k1:${KEY},k1:${btoa('fedcba9876543210fedcba9876543210')}`],
]

describe('a key ring that is', () => {
  test.each(UNUSABLE)('%s: nothing is served but /health', async (_, ENCRYPTION_KEYS) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const bindings = { env: { ENCRYPTION_KEYS } }
    const routes: [string, string][] = [
      ['GET', 'projects'],
      ['GET', 'version'],
      ['GET', '/'],
      ['GET', '/api/v4/'],
      ['GET', 'projects/1/services'],
      ['PUT', '/projects/1/services/slack'],
      ['GET', '/nowhere'],
    ]
    for (const [method, path] of routes) {
      log.mockClear()
      const { status, body, headers } = await ask(path, { method, ...bindings })
      expect({ status, body }).toEqual({ status: 503, body: { message: '503 Service Unavailable' } })
      expect([headers.get('Content-Type'), headers.get('Retry-After')]).toEqual(['application/json', '1'])
      expect(log.mock.calls).toEqual([[expect.stringContaining('wrangler secret put ENCRYPTION_KEYS')]])
      if (ENCRYPTION_KEYS?.includes(KEY)) expect(String(log.mock.calls)).not.toContain(KEY.slice(0, 8))
    }
    expect((await call('/health', bindings)).status).toBe(200)
    log.mockRestore()
  })

  test.each([
    ['one key', `k1:${KEY}`],
    ['two keys', `k2:${KEY},${env.ENCRYPTION_KEYS}`],
    ['keys with spaces between', ` k2:${KEY} , k1:${KEY} `],
    ['an id with all it may have', `Key_2026-11:${KEY}`],
  ])('a key ring that is of %s serves', async (_, ENCRYPTION_KEYS) => {
    expect((await ask('projects', { env: { ENCRYPTION_KEYS } })).status).toBe(200)
  })
})
