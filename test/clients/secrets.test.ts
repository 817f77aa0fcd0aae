import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { fullSet, secretSet } from '../support/samples.ts'
import { filesWith } from './files.ts'
import { ask, checkOut, type Patchbay, start } from './patchbay.ts'

const SENTINEL = 'Sentinel-3f9b27'
const PLAIN = 'Plain-3f9b27'

describe('after requests to every service, good and bad', () => {
  const directory = checkOut()
  const state = join(directory, 'state')
  const tokens: string[] = []
  let patchbay: Patchbay

  before(async () => {
    patchbay = await start(directory)
    for (const service of services) await use(service)
  })
  after(() => patchbay.stop())

  it('no file of the running server holds a secret or a token, its write-ahead log included', () => {
    assert.deepEqual(filesWith(state, [SENTINEL, ...tokens]), [])
    assert.ok(filesWith(state, [PLAIN]).some((file) => file.endsWith('-wal')))
  })

  it('no file that it leaves behind does, and nothing that it printed', async () => {
    await patchbay.stop()
    assert.deepEqual(filesWith(state, [SENTINEL, ...tokens]), [])
    assert.ok(filesWith(state, [PLAIN]).some((file) => file.endsWith('.sqlite')))
    assert.ok(patchbay.output().includes('"secrets_read":["slack"]'))
    for (const secret of [SENTINEL, PLAIN, ...tokens]) assert.ok(!patchbay.output().includes(secret))
  })

  async function use(service: Service): Promise<void> {
    const { id } = await ask(patchbay, 'POST', '/projects', { path: service.slug, description: PLAIN })
    const { token } = await ask(patchbay, 'POST', `/projects/${id}/access_tokens`, { name: PLAIN, scopes: ['api'] })
    tokens.push(token)
    const list = `/projects/${id}/services`
    const path = `${list}/${service.slug}`
    const hidden = secretSet(service, SENTINEL)
    const wanted = { ...fullSet(service), ...hidden }
    await ask(patchbay, 'PUT', path, wanted)
    const wrong = service.params.map(({ name }) => [name, [{ [SENTINEL]: SENTINEL }]])
    if (wrong.length > 0) await assert.rejects(ask(patchbay, 'PUT', path, Object.fromEntries(wrong)), /: 400 /)
    await ask(patchbay, 'PUT', `${list}?dry_run=true`, { services: { [service.slug]: wanted } })
    const told = await ask(patchbay, 'GET', `${path}?with_secrets=true`)
    assert.equal(JSON.stringify(told).includes(SENTINEL), Object.keys(hidden).length > 0)
    await ask(patchbay, 'PATCH', `${path}?${new URLSearchParams(hidden)}`, { active: false })
  }
})
