import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { ask, newSettings } from '../support/api.ts'
import { auditOf, rows, withCompetingWriter } from '../support/database.ts'
import { fullSet, sample, valuesOf } from '../support/samples.ts'

const pairs = services.flatMap((service) => {
  const secrets = service.params.filter(({ secret }) => secret)
  const endpoints = service.params.filter(({ endpoint, secret }) => endpoint && !secret)
  return secrets.length === 0 ? [] : endpoints.map((endpoint) => ({ service, secrets, endpoint }))
})

const snapshot = async (id: number) => [
  await rows('select * from settings where project_id = ?', id),
  await auditOf(id),
]

describe.each(pairs.map((pair) => ({ ...pair, name: `${pair.service.slug}.${pair.endpoint.name}` })))(
  'a secret that is sent while $name moves',
  ({ service, secrets, endpoint }) => {
    const { slug } = service
    const moved = { ...valuesOf(secrets, 3), [endpoint.name]: sample(endpoint, 7) }
    const cleared = { ...valuesOf(secrets, 3), [endpoint.name]: null }
    const sent = valuesOf(secrets, 2)
    const message = (name: string) => ({ message: `409 Conflict - ${name} changed meanwhile` })

    test.each(['PUT', 'PATCH'])('is refused in a %s, and nothing of it is saved', async (method) => {
      const { id, path } = await newSettings(slug, fullSet(service))
      let after: unknown
      const { DB } = withCompetingWriter(async () => {
        expect((await ask(path, { json: moved })).status).toBe(200)
        after = await snapshot(id)
      })
      const { status, body } = await ask(path, { method, json: sent, env: { DB } })
      expect({ status, body }).toEqual({ status: 409, body: message(endpoint.name) })
      expect(await snapshot(id)).toEqual(after)
    })

    test('is refused in a plan and in an apply', async () => {
      for (const many of [false, true]) {
        const { id, list, path } = await newSettings(slug, fullSet(service))
        let after: unknown
        const { DB } = withCompetingWriter(async () => {
          expect((await ask(path, { json: moved })).status).toBe(200)
          after = await snapshot(id)
        })
        const json = { services: { [slug]: sent }, ...(many && { projects: { ids: [id] } }) }
        const { status, body } = await ask(many ? 'services/apply' : list, { method: 'PUT', json, env: { DB } })
        const expected = message(`${slug}.${endpoint.name}`)
        if (many) expect(body.projects).toMatchObject([{ status: 'failed', ...expected }])
        else expect({ status, body }).toEqual({ status: 409, body: expected })
        expect(await snapshot(id)).toEqual(after)
      }
    })

    test('is saved if it comes with its address, or if the address stayed', async () => {
      const { path } = await newSettings(slug, fullSet(service))
      const whole = { ...sent, ...valuesOf(service.params.filter((param) => param.endpoint && !param.secret)) }
      const first = withCompetingWriter(() => ask(path, { json: moved }))
      expect((await ask(path, { json: whole, env: { DB: first.DB } })).status).toBe(200)
      const second = withCompetingWriter(() => ask(path, { json: { active: false } }))
      expect((await ask(path, { json: valuesOf(secrets, 4), env: { DB: second.DB } })).status).toBe(200)
    })

    test('is refused as well if the address is cleared or set for the first time', async () => {
      if (endpoint.required) return
      const { path } = await newSettings(slug, fullSet(service))
      const clearing = withCompetingWriter(() => ask(path, { json: cleared }))
      expect((await ask(path, { json: sent, env: { DB: clearing.DB } })).status).toBe(409)
      const setting = withCompetingWriter(() => ask(path, { json: moved }))
      expect((await ask(path, { json: sent, env: { DB: setting.DB } })).status).toBe(409)
    })
  },
)

test('a secret that creates a row is refused if another request creates it with an address first', async () => {
  const service = services.find(({ slug }) => slug === 'hipchat') as Service
  const { path } = await newSettings('hipchat', fullSet(service))
  await ask(path, { method: 'DELETE' })
  const { DB } = withCompetingWriter(() => ask(path, { json: { token: 'Rival', server: 'https://rival.example.com' } }))
  expect((await ask(path, { json: { token: 'Mine' }, env: { DB } })).body).toEqual({
    message: '409 Conflict - server changed meanwhile',
  })
})

test('a secret of Diffblue is refused if its license key changes meanwhile', async () => {
  const service = services.find(({ slug }) => slug === 'diffblue-cover') as Service
  const { path } = await newSettings('diffblue-cover', fullSet(service))
  const rival = { diffblue_license_key: 'Rival', diffblue_access_token_secret: 'Rival' }
  const { DB } = withCompetingWriter(() => ask(path, { json: rival }))
  const { status, body } = await ask(path, { json: { diffblue_access_token_secret: 'Mine' }, env: { DB } })
  expect([status, body.message]).toEqual([409, '409 Conflict - diffblue_license_key changed meanwhile'])
})
