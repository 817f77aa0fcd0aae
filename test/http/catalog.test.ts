import { describe, expect, test } from 'vitest'
import { KINDS } from '../../src/schema/service.ts'
import { describedServices, registryFor, services } from '../../src/services/registry.ts'
import { ask, type Call, call, newPlace } from '../support/api.ts'

const OPEN: Call = { token: null }
const PRODUCTION = { ENVIRONMENT: undefined }

interface Schema {
  type?: string
  format?: string
  const?: unknown
  enum?: unknown[]
  examples?: unknown[]
  default?: unknown
  pattern?: string
  not?: { pattern?: string }
  maxLength?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  allOf?: { anyOf: Schema[] }[]
  title?: string
  description?: string
  writeOnly?: boolean
  deprecated?: boolean
}

/** A value for a form's field, from nothing but its schema. */
function fill(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum.at(-1)
  if (schema.examples) return schema.examples[0]
  switch (schema.type) {
    case 'boolean':
      return !schema.default
    case 'integer':
      return 7
    case 'array':
      return [fill(schema.items ?? {})]
    default:
      return 'Some text'
  }
}

function bodyFrom(schema: Schema, names = Object.keys(schema.properties ?? {})): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, fill(schema.properties?.[name] ?? {})]))
}

/** Parameters that a new row requires if nothing else is sent. */
function requiredBy(schema: Schema): string[] {
  const otherwise = (schema.allOf ?? []).flatMap(({ anyOf: [first] }) => first?.required ?? [])
  return [...(schema.required ?? []), ...otherwise]
}

describe('catalogue', () => {
  test('the catalogue lists every service, without a token', async () => {
    const { status, body, headers } = await ask('services', OPEN)
    expect([status, headers.get('Content-Type')]).toEqual([200, 'application/json'])
    expect(body.map(({ slug }: { slug: string }) => slug)).toEqual(services.map(({ slug }) => slug))
    expect((await ask('integrations', OPEN)).body).toEqual(body)
  })

  test('the catalogue describes one service as in the list', async () => {
    const { body } = await ask('services', OPEN)
    for (const entry of body) {
      expect((await ask(`services/${entry.slug}`, OPEN)).body).toEqual(entry)
    }
  })

  test('the catalogue of production leaves out the services of development', async () => {
    const { body } = await ask('services', { ...OPEN, env: PRODUCTION })
    const slugs = body.map(({ slug }: { slug: string }) => slug)
    expect(slugs).toEqual(registryFor(false).all.map(({ slug }) => slug))
    expect(slugs).not.toContain('mock-ci')
    expect((await ask('services/mock-ci', { ...OPEN, env: PRODUCTION })).status).toBe(404)
    expect((await ask('services/mock-ci', OPEN)).status).toBe(200)
  })

  test.each([
    ['slak', { message: '404 Service Not Found', detail: 'Did you mean slack?' }],
    ['no-such-service-anywhere', { message: '404 Service Not Found' }],
    ['constructor', { message: '404 Service Not Found' }],
  ])('the catalogue responds 404 to the slug %s', async (slug, body) => {
    expect(await ask(`services/${slug}`, OPEN)).toMatchObject({ status: 404, body })
  })

  test.each(['services', 'services/slack', 'openapi.json'])('%s is cached by its ETag', async (path) => {
    const first = await call(path, OPEN)
    const etag = first.headers.get('ETag') ?? ''
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/)
    expect(first.headers.get('Cache-Control')).toBe('public, max-age=300')
    await first.body?.cancel()
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await call(path, { ...OPEN, headers: { 'If-None-Match': header } })
      expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', etag])
      expect(again.headers.get('Cache-Control')).toBe('public, max-age=300')
    }
    const other = await call(path, { ...OPEN, headers: { 'If-None-Match': '"other"' } })
    expect([other.status, other.headers.get('ETag')]).toEqual([200, etag])
    await other.body?.cancel()
  })

  test('the catalogue rejects writes with 404', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect((await ask('services/slack', { method })).status).toBe(404)
  })
})

describe.each(describedServices(true).map((service) => ({ slug: service.slug, service })))(
  '$slug',
  ({ slug, service }) => {
    const entry = async () => (await ask(`services/${slug}`, OPEN)).body

    test(`the catalogue describes each parameter of ${slug}`, async () => {
      const { title, description, fields, schema } = await entry()
      expect({ title, description }).toEqual({ title: service.title, description: service.description })
      // A dry run is of the request, not of the service: the OpenAPI document has it.
      const names = Object.keys(service.request.shape).filter((name) => name !== 'dry_run')
      expect(Object.keys(schema.properties).sort()).toEqual(names.sort())
      expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
      for (const property of Object.values<Schema>(schema.properties)) expect(property.description).toBeTruthy()
      expect(fields.map(({ name }: { name: string }) => name)).toEqual(service.params.map(({ name }) => name))
      for (const param of service.params) {
        const field = fields.find(({ name }: { name: string }) => name === param.name)
        const property = schema.properties[param.name]
        expect(field).toMatchObject({
          title: property.title,
          help: property.description,
          required: param.required,
          default: param.fallback,
          is_secret: param.secret,
          exposes_secrets: param.endpoint,
        })
        expect([property.writeOnly === true, property.default ?? null]).toEqual([param.secret, param.fallback])
        expect(schema.required?.includes(param.name) ?? false).toBe(param.required)
      }
    })

    test(`the catalogue names a form input for each parameter of ${slug}`, async () => {
      const { fields, schema } = await entry()
      for (const { name, type, choices, is_secret: isSecret } of fields) {
        const property = schema.properties[name]
        const types: Record<string, string> = { boolean: 'checkbox', integer: 'number', array: 'string_array' }
        const isText = property.type === 'string' && !choices
        if (choices)
          expect([type, choices.map(([, value]: unknown[]) => value)]).toEqual([
            'select',
            property.enum ?? property.examples,
          ])
        else if (!isText) expect(type).toBe(types[property.type])
        else if (type === 'text') expect(isSecret).toBe(false)
        else if (type === 'password') expect(isSecret).toBe(true)
        else expect([type, property.maxLength]).toEqual(['textarea', 65_536])
      }
    })

    test(`the catalogue gives ${slug} a kind, and titles, help and labels for people who do not know the API`, async () => {
      const { kind, description, deprecated, gitlab_only: gitlabOnly, fields, events, schema } = await entry()
      expect(KINDS).toContain(kind)
      const properties = Object.values<Schema>(schema.properties)
      const titles = [...fields, ...events, ...properties].map(({ title }: { title: string }) => title)
      const labels = fields.flatMap((field: { choices: [string, unknown][] | null }) =>
        (field.choices ?? []).map(([label]) => label),
      )
      for (const text of [...titles, ...labels]) expect(text).toMatch(/^[A-Z][A-Za-z/ -]*$/)
      expect(
        titles.filter((title) => /issuetype|as string|enabled$|\bto be\b|\bjira|\bgoogle|\bapp store/.test(title)),
      ).toEqual([])
      expect(labels).toHaveLength(new Set(labels).size)
      const texts = [description, deprecated, gitlabOnly, ...fields, ...properties].map(
        (part) => part?.help ?? part?.description ?? part,
      )
      expect(texts.filter((text) => /`/.test(text))).toEqual([])
    })

    test(`the catalogue labels the choices of ${slug}, and tells open lists from closed ones`, async () => {
      const { fields, schema } = await entry()
      const { path } = await newPlace(slug)
      for (const { name, type, choices, choices_open: isOpen } of fields) {
        expect(choices === null).toBe(isOpen === null)
        if (isOpen === null) continue
        expect(type).toBe('select')
        const other = schema.properties[name].type === 'string' ? 'something else' : 99
        const { body } = await ask(path, { json: { ...bodyFrom(schema, requiredBy(schema)), [name]: other } })
        expect(body.errors?.[name] ?? []).toEqual(isOpen ? [] : ['is not included in the list'])
      }
    })

    test(`the catalogue names the parameter that a flag of ${slug} follows`, async () => {
      const { events, schema } = await entry()
      const { path } = await newPlace(slug)
      for (const { flag, follows } of events.filter((event: { follows: string | null }) => event.follows !== null)) {
        for (const value of [true, false]) {
          const json = { ...bodyFrom(schema, requiredBy(schema)), [follows]: value, [flag]: !value }
          expect((await ask(path, { json })).body[flag]).toBe(value)
        }
      }
      const free = events.flatMap(({ flag, follows }: Record<string, string | null>) => (follows === null ? flag : []))
      const json = Object.fromEntries(free.map((flag: string) => [flag, !schema.properties[flag].default]))
      const { body } = await ask(path, { json: { ...bodyFrom(schema, requiredBy(schema)), ...json } })
      expect(body).toMatchObject(json)
    })

    test(`the catalogue lists the events of ${slug} with their defaults`, async () => {
      const { events, schema } = await entry()
      expect(events.map(({ name }: { name: string }) => name)).toEqual(service.events)
      const { path } = await newPlace(slug)
      const { body } = await ask(path, { json: bodyFrom(schema, requiredBy(schema)) })
      for (const { flag, default: start, channel } of events) {
        expect([schema.properties[flag].default, body[flag]]).toEqual([start, start])
        if (channel !== null) expect(Object.keys(schema.properties)).toContain(channel)
      }
      for (const { name, default: start } of (await entry()).fields)
        if (!requiredBy(schema).includes(name) && name in body.properties && !schema.properties[name].deprecated)
          expect(body.properties[name]).toEqual(start)
    })

    test(`a body made from the catalogue's schema of ${slug} is saved`, async () => {
      const { schema } = await entry()
      for (const sent of [bodyFrom(schema), bodyFrom(schema, requiredBy(schema))]) {
        const { path } = await newPlace(slug)
        const { status, body, headers } = await ask(path, { json: sent })
        expect({ status, body, ignored: headers.get('X-Ignored-Parameters') }).toMatchObject({
          status: 200,
          ignored: null,
        })
        const { properties, ...rest } = (await ask(`${path}?with_secrets=true`)).body
        const kept = Object.entries(sent).filter(
          ([name]) => name !== 'use_inherited_settings' && !schema.properties[name].deprecated,
        )
        expect({ ...rest, ...properties }).toMatchObject(Object.fromEntries(kept))
      }
    })

    test(`the catalogue's schema of ${slug} lists what new settings require`, async () => {
      const { schema } = await entry()
      const names = requiredBy(schema)
      for (const name of names) {
        const { path } = await newPlace(slug)
        const json = bodyFrom(
          schema,
          names.filter((other) => other !== name),
        )
        expect(await ask(path, { json })).toMatchObject({ status: 400, body: { error: `${name} is missing` } })
      }
    })
  },
)
