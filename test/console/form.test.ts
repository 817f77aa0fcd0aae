import { beforeAll, describe, expect, test } from 'vitest'
import { services } from '../../src/services/registry.ts'
import { ask, newPlace, newSettings } from '../support/api.ts'
import { controlsOf, Visitor } from '../support/pages.ts'
import { fullSet, requiredSet, secretSet } from '../support/samples.ts'

let visitor: Visitor
beforeAll(async () => {
  visitor = await Visitor.signIn()
})

const pageOf = (id: number, slug: string) => `/console/projects/${id}/services/${slug}`

describe.each(services)('the form of $slug', (service) => {
  test('saved as it was opened, changes nothing', async () => {
    const { id, path, etag } = await newSettings(service.slug, fullSet(service))
    const page = pageOf(id, service.slug)
    const response = await visitor.send(page, await controlsOf(await visitor.open(page)))
    expect([response.status, response.headers.get('Location')]).toEqual([303, `${page}?done=unchanged`])
    expect((await ask(path)).headers.get('ETag')).toBe(etag)
  })

  test('sets up what a PUT with the same values does', async () => {
    const values = requiredSet(service)
    const { saved } = await newSettings(service.slug, values)
    const { id, path } = await newPlace(service.slug)
    const page = pageOf(id, service.slug)
    const data = await controlsOf(await visitor.open(page))
    for (const [name, value] of Object.entries(values)) data.set(name, String(value))
    const response = await visitor.send(page, data)
    expect(response.headers.get('Location')).toBe(`${page}?done=created`)
    const comparable = ({ id: _, created_at, updated_at, secrets, ...rest }: typeof saved) => rest
    expect(comparable((await ask(path)).body)).toEqual(comparable(saved))
  })

  test('clears the secrets that are optional', async () => {
    const { id, path } = await newSettings(service.slug, fullSet(service))
    const page = pageOf(id, service.slug)
    const data = await controlsOf(await visitor.open(page))
    const optional = service.params.filter(({ secret, required }) => secret && !required)
    for (const { name } of optional) data.append('clear', name)
    await visitor.send(page, data)
    const { secrets } = (await ask(path)).body
    expect(optional.filter(({ name }) => secrets[name].set)).toEqual([])
  })
})

describe.each(services.filter(({ params }) => params.some(({ secret }) => secret)))(
  'the secrets of $slug',
  (service) => {
    const wrongSet = (text: string) =>
      Object.entries(secretSet(service, text)).map(([name, value]) => [name, `\u0001${value}`] as const)

    test('are in no page: not as saved, not with errors, not in a conflict', async () => {
      const { id, path } = await newSettings(service.slug, { ...fullSet(service), ...secretSet(service, 'sentinel') })
      const page = pageOf(id, service.slug)
      const pages = [await visitor.read(page)]

      const data = await controlsOf(await visitor.open(page))
      for (const [name, value] of Object.entries(secretSet(service, 'sentinel-2'))) data.set(name, value)
      const other = { ...secretSet(service, 'sentinel-3'), active: false }
      await ask(path, { method: 'PUT', json: other })
      const conflict = await visitor.send(page, data)
      const wrong = await controlsOf(await visitor.open(page))
      for (const [name, value] of wrongSet('sentinel-4')) wrong.set(name, value)
      const refused = await visitor.send(page, wrong)

      expect([conflict.status, refused.status]).toEqual([409, 422])
      pages.push(await conflict.text(), await refused.text())
      for (const html of pages) expect(html).not.toContain('sentinel')
    })
  },
)
