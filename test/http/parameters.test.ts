import { describe, expect, test } from 'vitest'
import { ask, newPlace, newSettings } from '../support/api.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const JIRA = { url: 'https://j.example.com', username: 'u', password: 'p' }
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
  ] as [string, { query?: string }][])('parameters are read from %s', async (_, { query = '', ...sent }) => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(path + query, { method: 'PUT', ...sent })
    expect({ status, properties: body.properties }).toEqual({ status: 200, properties: { restrict_to_branch: 'b' } })
    expect((await ask(`${path}?with_secrets=true`)).body.properties.api_key).toBe('k')
  })

  test.each([
    ['repeated names of a form', { headers: FORM_TYPE, body: 'project_keys[]=A&project_keys[]=B' }],
    ['repeated names of the query', { query: '?project_keys[]=A&project_keys%5B%5D=B' }],
    ['names of a form with an index', { headers: FORM_TYPE, body: 'project_keys[1]=B&project_keys[0]=A' }],
    ['names of JSON with an index', { json: { 'project_keys[0]': 'A', 'project_keys[1]': 'B' } }],
    ['an array', { json: { project_keys: ['A', 'B'] } }],
    ['an array with blank entries', { json: { project_keys: ['A', '', ' ', 'B'] } }],
    ['a form with blank entries', { headers: FORM_TYPE, body: 'project_keys[]=A&project_keys[]=&project_keys[]=B' }],
  ] as [string, { query?: string }][])('parameters are read as a list, from %s', async (_, { query = '', ...sent }) => {
    const { path } = await newSettings('jira', JIRA)
    const { body } = await ask(path + query, { method: 'PUT', ...sent })
    expect(body.properties.project_keys).toEqual(['A', 'B'])
  })

  test('parameters are read by names of their own, not those of JavaScript', async () => {
    const { path } = await newPlace('asana')
    const body = '{"__proto__":{"api_key":"k"},"constructor":"c","toString":1,"hasOwnProperty":1}'
    expect((await ask(path, { headers: JSON_TYPE, body })).body.error).toBe('api_key is missing')
    const response = await ask(`${path}?api_key=k`, { headers: JSON_TYPE, body })
    expect(response.status).toBe(200)
    expect(response.headers.get('X-Ignored-Parameters')).toBe('__proto__,constructor,toString,hasOwnProperty')
  })

  test('parameters are read of clients that announce JSON and send none, or send an empty object', async () => {
    const { path, list } = await newSettings('asana', { api_key: 'k' })
    expect((await ask(path, { headers: JSON_TYPE })).status).toBe(200)
    expect((await ask(list, { headers: JSON_TYPE })).status).toBe(200)
    expect((await ask(path, { method: 'DELETE', headers: JSON_TYPE, body: '{}' })).status).toBe(204)
    expect((await ask(path, { method: 'DELETE', headers: JSON_TYPE })).status).toBe(404)
  })
})

describe('a list', () => {
  test.each([
    ['a form of one blank entry', { headers: FORM_TYPE, body: 'project_keys[]=' }],
    ['JSON of one blank entry', { json: { project_keys: [''] } }],
    ['an empty array', { json: { project_keys: [] } }],
  ])('a list is emptied by %s', async (_, sent) => {
    const { path } = await newSettings('jira', { ...JIRA, project_keys: ['A'] })
    expect((await ask(path, { method: 'PUT', ...sent })).body.properties.project_keys).toEqual([])
  })
})

describe('brackets after a name', () => {
  test.each([
    'username[x]=v',
    'username[]=v',
    'username[0]=v',
    'commit_events[]=true',
    'active[x]=false',
    'password[0]=v',
  ])('brackets after a name make a known parameter that is no list invalid: %s', async (body) => {
    const { path, etag } = await newSettings('jira', JIRA)
    const name = body.split('[')[0]
    for (const method of ['PUT', 'PATCH']) {
      const response = await ask(path, { method, headers: FORM_TYPE, body })
      expect([response.status, response.body.errors]).toEqual([400, { [String(name)]: ['is invalid'] }])
    }
    expect((await ask(path)).headers.get('ETag')).toBe(etag)
  })

  test.each(['project_keys[x]=A', 'project_keys[0][id]=A', 'project_keys=A&project_keys[]=B'])(
    'brackets after a name make a list invalid if they are no index: %s',
    async (body) => {
      const { path } = await newSettings('jira', JIRA)
      const response = await ask(path, { method: 'PUT', headers: FORM_TYPE, body })
      expect([response.status, response.body.errors]).toEqual([400, { project_keys: ['is invalid'] }])
    },
  )

  test('brackets after a name are not repeated for an unknown parameter', async () => {
    const { path } = await newSettings('asana', { api_key: 'k' })
    const { status, headers } = await ask(path, { headers: FORM_TYPE, body: 'stray[Sent-Value]=1' })
    expect([status, headers.get('X-Ignored-Parameters')]).toEqual([200, 'stray'])
  })
})

describe('a body that is no set of parameters', () => {
  const secret = 'https://hooks.example.com/Sent-Value?a=b'
  test.each([
    ['a JSON list', JSON_TYPE, `[{"webhook":"${secret}"}]`, 'JSON'],
    ['JSON text within JSON', JSON_TYPE, JSON.stringify(`{"webhook":"${secret}"}`), 'JSON'],
    ['null', JSON_TYPE, 'null', 'JSON'],
    ['a number', JSON_TYPE, '42', 'JSON'],
    ['true', JSON_TYPE, 'true', 'JSON'],
    ['JSON with an odd name', JSON_TYPE, `{"${secret}":1}`, 'JSON'],
    ['JSON sent as a form', FORM_TYPE, `{"webhook":"${secret}"}`, 'form'],
    ['JSON without an equals sign sent as a form', FORM_TYPE, '{"webhook":"Sent-Value"}', 'form'],
    ['encoded JSON sent as a form', FORM_TYPE, encodeURIComponent(`{"webhook":"${secret}"}`), 'form'],
    ['a bare word sent as a form', FORM_TYPE, 'Sent-Value', 'form'],
    ['a form with an odd name', FORM_TYPE, `${encodeURIComponent(secret)}=1`, 'form'],
    ['a form with one segment that is no pair', FORM_TYPE, 'channel=c&Sent-Value', 'form'],
  ])(
    'a body that is no set of parameters changes nothing and is not repeated: %s',
    async (_, headers, body, format) => {
      const { path, etag } = await newSettings('slack', { webhook: 'https://hooks.example.com/1', active: false })
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const response = await ask(path, { method, headers, body })
        expect({ status: response.status, body: response.body }).toEqual({
          status: 400,
          body: { error: `Invalid ${format} format` },
        })
        expect([...response.headers].join()).not.toMatch(/Sent-Value/)
      }
      const { headers: now, body: kept } = await ask(path)
      expect([now.get('ETag'), kept.active]).toEqual([etag, false])
    },
  )

  test('a body that is no set of parameters is refused in a query too', async () => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(`${path}?api_key=k&${encodeURIComponent('Sent Value')}=1`, { method: 'PUT' })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Invalid query format' } })
  })

  test('a body that is no set of parameters is a body that breaks off', async () => {
    const { path } = await newPlace('asana')
    const broken = new ReadableStream({
      start(controller) {
        controller.enqueue(bytes('{"api_key":'))
        controller.error(new Error('the client went away'))
      },
    })
    const { status, body } = await ask(path, { method: 'PUT', headers: JSON_TYPE, body: broken, env: {} })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Invalid body format' } })
  })
})

describe('a name that is almost dry_run or prune', () => {
  test.each([
    'dry-run',
    'dryrun',
    'DryRun',
    'DRY_RUN',
    'dry__run',
    '-dry_run',
    'dry.run',
    'Prune',
    'pru-ne',
    'dry-run[]',
  ])(
    'a name that is almost dry_run or prune is rejected on every write, in the query and in the body: %s',
    async (name) => {
      const { path, list, etag } = await newSettings('asana', { api_key: 'k' })
      const bare = name.replace('[]', '')
      const control = bare.toLowerCase().includes('pru') ? 'prune' : 'dry_run'
      const errors = { [bare]: [`is unknown (did you mean ${control}?)`] }
      const projects = { ids: [1] }
      for (const [method, place, json] of [
        ['PUT', path, {}],
        ['PATCH', path, {}],
        ['DELETE', path, {}],
        ['PUT', list, { services: {} }],
        ['PATCH', list, { services: {} }],
        ['PUT', 'services/apply', { services: {}, projects }],
        ['PATCH', 'services/apply', { services: {}, projects }],
      ] as const) {
        const responses = [
          await ask(`${place}?${name}=true`, { method, json }),
          await ask(place, { method, json: { ...json, [name]: true } }),
        ]
        expect(responses.map(({ status, body }) => [status, body.errors])).toEqual([
          [400, errors],
          [400, errors],
        ])
      }
      expect((await ask(path)).headers.get('ETag')).toBe(etag)
    },
  )
})

describe('numbers in JSON', () => {
  test('numbers in JSON keep their digits in texts, secrets and lists', async () => {
    const sent =
      '{"url":"https://j.example.com","username":1.10,"password":12345678901234567890,"project_keys":[1e2,0.10]}'
    const { path } = await newPlace('jira')
    expect((await ask(path, { headers: JSON_TYPE, body: sent })).status).toBe(200)
    const { body } = await ask(`${path}?with_secrets=true`)
    expect(body.properties).toMatchObject({
      username: '1.10',
      password: '12345678901234567890',
      project_keys: ['1e2', '0.10'],
    })
  })

  test('numbers in JSON keep their digits in a plan', async () => {
    const { list } = await newPlace('asana')
    const body = '{"services":{"asana":{"api_key":12345678901234567890,"restrict_to_branch":1.10}}}'
    expect((await ask(list, { method: 'PUT', headers: JSON_TYPE, body })).status).toBe(200)
    const { properties } = (await ask(`${list}/asana?with_secrets=true`)).body
    expect(properties).toEqual({ api_key: '12345678901234567890', restrict_to_branch: '1.10' })
  })

  test('numbers in JSON that are no whole numbers of JavaScript are invalid for an integer', async () => {
    const { path } = await newPlace('irker')
    const body = (port: string) => `{"recipients":"irc://irc.example.net/room","server_port":${port}}`
    for (const port of ['12345678901234567890', '1e400']) {
      const response = await ask(path, { headers: JSON_TYPE, body: body(port) })
      expect([response.status, response.body.errors]).toEqual([400, { server_port: ['is invalid'] }])
    }
    expect((await ask(path, { headers: JSON_TYPE, body: body('6659.0') })).body.properties.server_port).toBe(6659)
  })
})

describe('a multipart form', () => {
  test('a multipart form is decoded by the charset of each part, secrets too', async () => {
    const { path } = await newPlace('asana')
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' }
    const part = (name: string, value: string) =>
      `--b\r\ncontent-disposition: form-data; name=${name}\r\nContent-Type: text/plain; charset=ISO-8859-1\r\n\r\n${value}\r\n`
    const text = `${part('api_key', 'clé-Müller')}${part('restrict_to_branch', 'é')}--b--\r\n`
    const body = Uint8Array.from(text, (character) => character.charCodeAt(0))
    expect((await ask(path, { method: 'PUT', headers, body })).status).toBe(200)
    const { properties } = (await ask(`${path}?with_secrets=true`)).body
    expect(properties).toEqual({ api_key: 'clé-Müller', restrict_to_branch: 'é' })
  })
})

describe('parameters are refused', () => {
  test.each([
    ['text/plain', 'text/plain'],
    ['application/xml', 'application/xml'],
    ['application/vnd.api+json', 'application/vnd.api+json'],
    ['no type', undefined],
  ])('parameters are refused in a body of %s', async (_, type) => {
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
  ])('parameters are refused as %s, before anyone asks for a token', async (_, headers, body, error) => {
    const { path } = await newPlace('asana')
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      for (const token of [null, undefined]) {
        const response = await ask(path, { method, headers, body, ...(token === null ? { token } : {}) })
        expect({ status: response.status, body: response.body }).toEqual({ status: 400, body: { error } })
      }
    }
    expect((await ask(path)).status).toBe(404)
  })

  test('parameters are refused in a query of broken UTF-8', async () => {
    const { path } = await newPlace('asana')
    const { status, body } = await ask(`${path}?api_key=%ff`, { method: 'PUT' })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Invalid query format' } })
  })

  test('parameters are refused where there are more than a hundred', async () => {
    const { path } = await newPlace('asana')
    const stray = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`stray_${n}`, n]))
    const { status, body } = await ask(path, { json: { api_key: 'k', ...stray(100) } })
    expect({ status, body }).toEqual({ status: 400, body: { error: 'Too many parameters' } })
    expect((await ask(path, { json: { api_key: 'k', ...stray(99) } })).status).toBe(200)
  })

  test('parameters are refused where one is nested too deeply', async () => {
    const { path } = await newPlace('asana')
    const body = (depth: number) => `{"api_key":"k","stray":${'['.repeat(depth)}${']'.repeat(depth)}}`
    for (const depth of [12, 100_000]) {
      const response = await ask(path, { headers: JSON_TYPE, body: body(depth) })
      expect({ status: response.status, body: response.body }).toEqual({
        status: 400,
        body: { error: 'Too deeply nested' },
      })
    }
    expect((await ask(path, { headers: JSON_TYPE, body: body(10) })).status).toBe(200)
  })

  test('parameters are refused where a file stands for a value', async () => {
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
