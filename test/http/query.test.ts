import { beforeAll, describe, expect, test } from 'vitest'
import { ask, newProject, newSettings, newToken } from '../support/api.ts'

const STRICT = { Prefer: 'handling=strict' }
let list = ''
let path = ''
let id = 0

beforeAll(async () => {
  const place = await newSettings('asana', { api_key: 'k' })
  list = place.list
  path = place.path
  id = place.id
})

describe('a query', () => {
  test.each(['with_secrets=True&active=banana', 'active=banana&with_secrets=1', 'page=x&with_secrets=on'])(
    'a query that is invalid elsewhere still needs the scope of the secrets it asks for: %s',
    async (query) => {
      const { token } = await newToken(id, { scopes: ['read_api'] })
      expect((await ask(`${list}?${query}`, { token })).status).toBe(403)
    },
  )

  test('a query with a name that is there twice is invalid', async () => {
    for (const place of [list, path]) {
      const { status, body } = await ask(`${place}?with_secrets=false&with_secrets=true`)
      expect([status, body.errors]).toEqual([400, { with_secrets: ['is invalid'] }])
    }
  })

  test.each(['projects', 'audit_events'])('a query with a page that is no number is rejected: %s', async (place) => {
    const { status, body } = await ask(`${place}?page=x&per_page=1`)
    expect([status, body.errors]).toEqual([400, { page: ['is invalid'] }])
  })
})

describe('Prefer: handling=strict', () => {
  test.each(['handling=strict', 'Handling=Strict', 'handling="strict"', 'respond-async, handling=strict;x=1'])(
    'Prefer: handling=strict is recognised: %s',
    async (preference) => {
      const { status, body, headers } = await ask(`${list}?stray=1`, { headers: { Prefer: preference } })
      expect({ status, body, applied: headers.get('Preference-Applied') }).toEqual({
        status: 400,
        body: { error: 'stray is unknown', errors: { stray: ['is unknown'] } },
        applied: 'handling=strict',
      })
    },
  )

  test.each(['handling=lenient', 'handling=lenient, handling=strict', 'strict', 'return=minimal', ''])(
    'Prefer: handling=strict is not what other preferences mean: %s',
    async (preference) => {
      const { status, headers } = await ask(`${list}?stray=1`, { headers: { Prefer: preference } })
      expect([status, headers.has('Preference-Applied')]).toEqual([200, false])
    },
  )

  test('Prefer: handling=strict is applied to requests without unknown parameters', async () => {
    const { status, headers } = await ask(`${list}?active=all`, { headers: STRICT })
    expect([status, headers.get('Preference-Applied')]).toEqual([200, 'handling=strict'])
  })

  test('Prefer: handling=strict is not said to be applied where no parameters were looked at', async () => {
    for (const [place, options] of [
      ['version', {}],
      ['user', {}],
      [list, { token: null }],
      ['nowhere', {}],
      ['services/slack', {}],
    ] as const) {
      const { headers } = await ask(`/api/v4/${place.replace('/api/v4/', '')}`, { ...options, headers: STRICT })
      expect([place, headers.has('Preference-Applied')]).toEqual([place, false])
    }
  })

  test('Prefer: handling=strict rejects unknown parameters of projects and tokens, and changes nothing', async () => {
    const project = await newProject()
    const before = (await ask(`projects/${project.id}`)).body
    for (const [method, place, json] of [
      ['POST', 'projects', { path: 'never-made', stray: 1 }],
      ['PUT', `projects/${project.id}`, { name: 'Other', stray: 1 }],
      ['POST', `projects/${project.id}/access_tokens`, { name: 'n', scopes: ['api'], stray: 1 }],
    ] as const) {
      const { status, body } = await ask(place, { method, json, headers: STRICT })
      expect([place, status, body.error]).toEqual([place, 400, 'stray is unknown'])
    }
    expect((await ask(`projects/${project.id}`)).body).toEqual(before)
    expect((await ask(`projects/${project.id}/access_tokens`)).body).toEqual([])
  })
})

describe('a query that names no parameters', () => {
  const places = () => [list, path, '/api/v4/projects', '/api/v4/audit_events', `/api/v4/projects/${id}/access_tokens`]

  test('a query that names no parameters is rejected, and its names are repeated nowhere', async () => {
    for (const place of places()) {
      const { status, body, headers } = await ask(`${place}?HIDDEN%20x=1`)
      expect([place, status, body]).toEqual([place, 400, { error: 'Invalid query format' }])
      expect(JSON.stringify([...headers])).not.toContain('HIDDEN')
    }
    const { status, body } = await ask(`/api/v4/projects/${id}/events?HIDDEN%20x=1`, { method: 'POST', json: {} })
    expect([status, body]).toEqual([400, { error: 'Invalid query format' }])
  })

  test.each([
    ['projects', 'search'],
    ['projects', 'page'],
    ['projects', 'per_page'],
  ])(
    'a query that names no parameters has no lists: brackets make a parameter of %s invalid: %s',
    async (place, name) => {
      for (const brackets of ['[]', '[0]', '[x]']) {
        const { status, body } = await ask(`/api/v4/${place}?${name}${brackets}=1`)
        expect([status, body.errors]).toEqual([400, { [name]: ['is invalid'] }])
      }
    },
  )

  test('a query that names no parameters of settings has no lists either', async () => {
    for (const name of ['event', 'active', 'with_secrets']) {
      const { status, body } = await ask(`${list}?${name}[]=true`)
      expect([status, body.errors]).toEqual([400, { [name]: ['is invalid'] }])
    }
  })
})

test('an unknown parameter of the list of tokens is an error if the caller prefers that', async () => {
  const { status, body } = await ask(`/api/v4/projects/${id}/access_tokens?stray=1`, { headers: STRICT })
  expect([status, body.error]).toEqual([400, 'stray is unknown'])
})

test('an event that asks for a dry run anywhere in its query is not delivered', async () => {
  for (const query of ['dry_run=false&dry_run=true', 'dry_run=true&dry_run=false']) {
    const { status, body } = await ask(`/api/v4/projects/${id}/events?${query}`, { method: 'POST', json: {} })
    expect([status, body]).toEqual([200, { kind: null, deliveries: [], skipped: [] }])
  }
})
