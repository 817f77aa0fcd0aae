import { describe, expect, test } from 'vitest'
import { ask, type Call, newProject } from '../support/api.ts'
import { document, type Row } from './document.ts'

type Values = Record<string, Row['value']>

async function newService(slug: string) {
  const { id } = await newProject()
  const path = `projects/${id}/services/${slug}`
  return {
    id,
    put: (values: Values) => ask(path, { method: 'PUT', json: values }),
    send: (call: Call) => ask(path, call),
    readSecrets: async () => (await ask(`${path}?with_secrets=true`)).body,
  }
}

function valuesOf(rows: readonly Row[]): Values {
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

function earlierValuesOf(rows: readonly Row[]): Values {
  return Object.fromEntries(rows.map(({ name, value }) => [name, `${value}/earlier`]))
}

/** The part of a response that speaks of the rows. */
function responseOf(rows: readonly Row[]) {
  const at = (place: Row['place']) => rows.filter((row) => row.place === place)
  const valuesAt = (place: Row['place']) => at(place).map(({ returnedAs, value }) => [returnedAs, value])
  const told = { set: true, fingerprint: expect.any(String), updated_at: expect.any(String) }
  return {
    ...Object.fromEntries(valuesAt('top')),
    properties: Object.fromEntries(valuesAt('properties')),
    secrets: Object.fromEntries(at('hidden').map(({ name }) => [name, told])),
  }
}

function expectHidden(body: { properties: object }, secrets: readonly Row[]) {
  const text = JSON.stringify(body)
  for (const { name, value } of secrets) {
    expect(body.properties).not.toHaveProperty(name)
    expect(text).not.toContain(JSON.stringify(value).slice(1, -1))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a response
function valueIn(settings: any, { place, returnedAs }: Row): unknown {
  return place === 'top' ? settings[returnedAs] : settings.properties[returnedAs]
}

/** Another address of the same kind: a URL, or part of a host name. */
function movedValue({ value }: { value: unknown }): string {
  return /^https?:/.test(String(value)) ? `${value}/moved` : `${value}-moved`
}

describe('the typed-out document', () => {
  test('the document has 35 services with 230 parameters', () => {
    expect(new Set(document.map(({ slug }) => slug)).size).toBe(35)
    expect(document.flatMap(({ rows }) => rows)).toHaveLength(230)
  })

  test('a project lists the services of the document in the order of saving', async () => {
    const { id } = await newProject()
    for (const { slug, rows } of document) {
      await ask(`projects/${id}/services/${slug}`, {
        method: 'PUT',
        json: valuesOf(rows.filter((row) => row.required)),
      })
    }
    const { body } = await ask(`projects/${id}/services`)
    expect(body.map(({ slug, title }: Record<string, unknown>) => ({ slug, title }))).toEqual(
      document.map(({ slug, title }) => ({ slug, title })),
    )
  })
})

describe.each(document)('$title', ({ slug, title, rows }) => {
  const required = rows.filter((row) => row.required)
  const secrets = rows.filter((row) => row.place === 'hidden')
  const endpoints = rows.filter((row) => row.endpoint)
  const requiredSecrets = secrets.filter((row) => row.required)

  test(`${title} is saved with all its parameters at once, and hides its secrets`, async () => {
    const { put } = await newService(slug)
    const { status, body, headers } = await put(valuesOf(rows))
    expect(status).toBe(200)
    expect(body).toMatchObject({ title, slug, active: true, ...responseOf(rows) })
    expectHidden(body, secrets)
    expect(headers.get('X-Ignored-Parameters')).toBeNull()
  })

  test(`${title} is returned as it was saved, on both routes with and without /api/v4`, async () => {
    const { id, put } = await newService(slug)
    const { body } = await put(valuesOf(rows))
    for (const address of [`services/${slug}`, `integrations/${slug}`]) {
      expect((await ask(`projects/${id}/${address}`)).body).toEqual(body)
      expect((await ask(`/projects/${id}/${address}`)).body).toEqual(body)
    }
  })

  test(`${title} is saved by a form, with numbers and flags as text`, async () => {
    const { send } = await newService(slug)
    const form = Object.fromEntries(rows.map(({ name, value }) => [name, String(value)]))
    const { status, body } = await send({ method: 'PUT', form })
    expect(status).toBe(200)
    expect(body).toMatchObject(responseOf(rows))
  })

  test(`${title} needs its required parameters only, and is then in the list`, async () => {
    const { id, put } = await newService(slug)
    const { properties: _, secrets: __, ...listed } = (await put(valuesOf(required))).body
    expect(listed).toMatchObject({ title, slug, active: true })
    expect((await ask(`projects/${id}/services`)).body).toEqual([listed])
    expect((await ask(`projects/${id}/integrations`)).body).toEqual([listed])
  })

  test(`an edit of ${title} keeps what it leaves out, secrets too`, async () => {
    const { put, readSecrets } = await newService(slug)
    const kept = rows.filter((row) => row.required || row.endpoint || row.place === 'hidden')
    const before = await put(valuesOf(kept))
    const { status, body } = await put(valuesOf(rows.filter((row) => !kept.includes(row))))
    expect(status).toBe(200)
    expect(body).toMatchObject(responseOf(rows))
    expect(body.secrets).toEqual(before.body.secrets)
    expect((await readSecrets()).properties).toMatchObject(valuesOf(secrets))
  })

  test(`${title} responds 404 once it is deleted`, async () => {
    const { id, put, send } = await newService(slug)
    await put(valuesOf(rows))
    expect(await send({ method: 'DELETE' })).toMatchObject({ status: 204, body: null })
    expect(await send({})).toMatchObject({ status: 404, body: { message: '404 Service Not Found' } })
    expect((await ask(`projects/${id}/services?active=all`)).body).toEqual([])
  })

  test.each(rows)(`an edit of ${title} may have $name alone`, async (row) => {
    const { put, readSecrets } = await newService(slug)
    await put(earlierValuesOf(required))
    expect(valueIn(await readSecrets(), row)).not.toEqual(row.value)

    const { status, body, headers } = await put(valuesOf(row.endpoint ? [row, ...secrets] : [row]))
    expect(status).toBe(200)
    expect(headers.get('X-Ignored-Parameters')).toBeNull()
    expect(body).toMatchObject(responseOf([row]))
    expectHidden(body, secrets)
    expect(valueIn(await readSecrets(), row)).toBe(row.value)
  })

  test.each(required)(`${title} is not created without $name`, async ({ name }) => {
    const { put, send } = await newService(slug)
    const { status, body } = await put(valuesOf(rows.filter((row) => row.name !== name)))
    expect(status).toBe(400)
    expect(body).toEqual({ error: `${name} is missing`, errors: { [name]: ['is missing'] } })
    expect((await send({})).status).toBe(404)
  })

  test.each(rows)(`${title} rejects $name of a wrong type, by name and without the value`, async ({ name, type }) => {
    const { send } = await newService(slug)
    const wrong = type === 'string' ? [['banana'], { banana: 'banana' }] : ['banana', ['banana']]
    for (const value of wrong) {
      const { status, body } = await send({ method: 'PUT', json: { ...valuesOf(required), [name]: value } })
      expect(status).toBe(400)
      expect(body).toEqual({ error: `${name} is invalid`, errors: { [name]: ['is invalid'] } })
    }
    expect((await send({})).status).toBe(404)
  })

  test.each(requiredSecrets.length > 0 ? endpoints : [])(
    `${title} requires its secrets again when $name changes`,
    async (row) => {
      const { put, readSecrets } = await newService(slug)
      await put(valuesOf(rows))
      const { status, body } = await put({ [row.name]: movedValue(row) })
      expect(status).toBe(400)
      expect(Object.keys(body.errors)).toEqual(requiredSecrets.map(({ name }) => name))
      expect(valueIn(await readSecrets(), row)).toBe(row.value)
    },
  )

  test.each(requiredSecrets.length > 0 ? [] : endpoints)(
    `${title} drops its secrets when $name changes`,
    async (row) => {
      const { put, readSecrets } = await newService(slug)
      await put(valuesOf(rows))
      expect((await put({ [row.name]: movedValue(row) })).status).toBe(200)
      const { properties } = await readSecrets()
      expect(properties).toMatchObject(Object.fromEntries(secrets.map(({ name }) => [name, null])))
    },
  )
})
