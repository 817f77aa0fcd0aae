import { describe, expect, test } from 'vitest'
import { ask, newPlace, newSettings } from '../support/api.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const JSON_TYPE = { 'Content-Type': 'application/json' }
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }

/** One megabyte and `extra` bytes of JSON. */
const megabyte = (extra: number) => '{"api_key":"k"}'.padEnd(1024 * 1024 + extra)

function multipart(fields: Record<string, string | Blob>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

function stream(text: string): ReadableStream {
  return new Response(text).body as ReadableStream
}

describe('parameters are read', () => {
  test.each([
    ['JSON', { headers: JSON_TYPE, body: '{"api_key":"k","restrict_to_branch":"b"}' }],
    [
      'JSON with a charset',
      {
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: '{"api_key":"k","restrict_to_branch":"b"}',
      },
    ],
    [
      'JSON, spelt otherwise',
      { headers: { 'Content-Type': 'Application/JSON' }, body: '{"api_key":"k","restrict_to_branch":"b"}' },
    ],
    ['JSON with a byte order mark', { headers: JSON_TYPE, body: '\ufeff{"api_key":"k","restrict_to_branch":"b"}' }],
    ['a form', { form: { api_key: 'k', restrict_to_branch: 'b' } }],
    ['a multipart form', { body: multipart({ api_key: 'k', restrict_to_branch: 'b' }) }],
    ['the query', { query: '?api_key=k&restrict_to_branch=b' }],
    ['the query, the body being empty', { query: '?api_key=k&restrict_to_branch=b', headers: JSON_TYPE }],
    [
      'the query, the empty body being of an odd type',
      { query: '?api_key=k&restrict_to_branch=b', headers: { 'Content-Type': 'text/plain' } },
    ],
    ['query and JSON', { query: '?restrict_to_branch=b', json: { api_key: 'k' } }],
    [
      'query and form, where the body wins',
      { query: '?restrict_to_branch=a&api_key=k', form: { restrict_to_branch: 'b' } },
    ],
    [
      'query and JSON, where the body wins',
      { query: '?restrict_to_branch=a&api_key=k', json: { restrict_to_branch: 'b' } },
    ],
    [
      'a form, the last of equal names',
      { headers: FORM_TYPE, body: 'api_key=k&restrict_to_branch=a&restrict_to_branch=b' },
    ],
    ['JSON sent in pieces', { headers: JSON_TYPE, body: stream('{"api_key":"k","restrict_to_branch":"b"}') }],
  ] as [string, { query?: string }][])('from %s', async (_, { query = '', ...sent }) => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(path + query, { method: 'PUT', ...sent })
    expect({ status, properties: body.properties }).toEqual({ status: 200, properties: { restrict_to_branch: 'b' } })
    expect((await ask(`${path}?with_secrets=true`)).body.properties.api_key).toBe('k')
  })

  test.each([
    ['repeated names of a form', { headers: FORM_TYPE, body: 'project_keys[]=A&project_keys[]=B' }],
    ['repeated names of the query', { query: '?project_keys[]=A&project_keys%5B%5D=B' }],
    ['an array', { json: { project_keys: ['A', 'B'] } }],
  ] as [string, { query?: string }][])('as a list, from %s', async (_, { query = '', ...sent }) => {
    const { path } = await newSettings('jira', { url: 'https://j.example.com', username: 'u', password: 'p' })
    const { body } = await ask(path + query, { method: 'PUT', ...sent })
    expect(body.properties.project_keys).toEqual(['A', 'B'])
  })

  test.each(['[1]', '"text"', '5', 'null', 'true', '["api_key"]'])(
    'from no JSON but an object: %s is none',
    async (body) => {
      const { path } = await newPlace('asana')
      const answer = await ask(path, { headers: JSON_TYPE, body })
      expect([answer.status, answer.body.error]).toEqual([400, 'api_key is missing'])
    },
  )

  test('by names of their own, not those of JavaScript', async () => {
    const { path } = await newPlace('asana')
    const body = '{"__proto__":{"api_key":"k"},"constructor":"c","toString":1,"hasOwnProperty":1}'
    expect((await ask(path, { headers: JSON_TYPE, body })).body.error).toBe('api_key is missing')
    const answer = await ask(`${path}?api_key=k`, { headers: JSON_TYPE, body })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('X-Ignored-Parameters')).toBe('__proto__,constructor,toString,hasOwnProperty')
  })

  test('of clients that announce JSON and send none, or send an empty object', async () => {
    const { path, list } = await newSettings('asana', { api_key: 'k' })
    expect((await ask(path, { headers: JSON_TYPE })).status).toBe(200)
    expect((await ask(list, { headers: JSON_TYPE })).status).toBe(200)
    expect((await ask(path, { method: 'DELETE', headers: JSON_TYPE, body: '{}' })).status).toBe(204)
    expect((await ask(path, { method: 'DELETE', headers: JSON_TYPE })).status).toBe(404)
  })
})

describe('parameters are refused', () => {
  test.each([
    ['text/plain', 'text/plain'],
    ['application/xml', 'application/xml'],
    ['application/vnd.api+json', 'application/vnd.api+json'],
    ['no type', undefined],
  ])('in a body of %s', async (_, type) => {
    const { path } = await newPlace('asana')
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const headers: Record<string, string> = type === undefined ? {} : { 'Content-Type': type }
      const { status, body } = await ask(path, { method, headers, body: bytes('{"api_key":"Sent-Value"}') })
      expect(status).toBe(415)
      expect(Object.keys(body)).toEqual(['error'])
      expect(body.error).toMatch(/^The provided content-type .*is not supported\.$/)
    }
  })

  test.each([
    ['JSON that does not end', JSON_TYPE, '{"api_key":', 'Invalid JSON format'],
    ['JSON of one quote', JSON_TYPE, "{'api_key':'k'}", 'Invalid JSON format'],
    ['two JSON values', JSON_TYPE, '{}{}', 'Invalid JSON format'],
    ['JSON of white space', JSON_TYPE, ' ', 'Invalid JSON format'],
    [
      'JSON in broken UTF-8',
      JSON_TYPE,
      new Uint8Array([...bytes('{"api_key":"'), 0xff, ...bytes('"}')]),
      'Invalid JSON format',
    ],
    ['JSON in UTF-16', JSON_TYPE, new Uint8Array([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'Invalid JSON format'],
    ['a form in broken UTF-8', FORM_TYPE, 'api_key=%ff', 'Invalid form format'],
    [
      'a form of bytes that are no UTF-8',
      FORM_TYPE,
      new Uint8Array([...bytes('api_key='), 0xff]),
      'Invalid form format',
    ],
    ['a form with half an escape', FORM_TYPE, 'api_key=%f', 'Invalid form format'],
    [
      'a multipart form without its boundary',
      { 'Content-Type': 'multipart/form-data' },
      'api_key',
      'Invalid form format',
    ],
  ])('as %s, before anyone asks for a token', async (_, headers, body, error) => {
    const { path } = await newPlace('asana')
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      for (const token of [null, undefined]) {
        const answer = await ask(path, { method, headers, body, ...(token === null ? { token } : {}) })
        expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: { error } })
      }
    }
    expect((await ask(path)).status).toBe(404)
  })

  test('in a query of broken UTF-8', async () => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(`${path}?api_key=%ff`, { method: 'PUT' })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Invalid query format' } })
  })

  test('where there are more than a hundred', async () => {
    const { path } = await newPlace('asana')
    const stray = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`stray_${n}`, n]))
    const { status, body } = await ask(path, { json: { api_key: 'k', ...stray(100) } })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too many parameters' } })
    expect((await ask(path, { json: { api_key: 'k', ...stray(99) } })).status).toBe(200)
  })

  test('where one is nested too deeply', async () => {
    const { path } = await newPlace('asana')
    const body = (depth: number) => `{"api_key":"k","stray":${'['.repeat(depth)}${']'.repeat(depth)}}`
    for (const depth of [12, 100_000]) {
      const answer = await ask(path, { headers: JSON_TYPE, body: body(depth) })
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 400,
        body: { error: 'Too deeply nested' },
      })
    }
    expect((await ask(path, { headers: JSON_TYPE, body: body(10) })).status).toBe(200)
  })

  test('where a file stands for a value', async () => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(path, { body: multipart({ api_key: new Blob(['k']) }) })
    expect([status, body.error]).toEqual([400, 'api_key is invalid'])
  })

  test.each([
    ['announced', (text: string) => text],
    ['sent in pieces', stream],
  ])('beyond one megabyte, %s, before anyone asks for a token', async (_, toBody) => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(path, {
      method: 'PUT',
      token: null,
      headers: JSON_TYPE,
      body: toBody(megabyte(1)),
    })
    expect({ status, body }).toEqual({ status: 413, body: { message: '413 Payload Too Large' } })
    expect((await ask(path, { method: 'PUT', headers: JSON_TYPE, body: toBody(megabyte(0)) })).status).toBe(200)
  })
})
