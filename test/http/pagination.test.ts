import { HonoRequest } from 'hono/request'
import { describe, expect, test } from 'vitest'
import { pageHeaders, pageOf } from '../../src/handlers/pagination.ts'
import { ask, newProject } from '../support/api.ts'

const LIST = new URL('https://api.example.com/api/v4/projects?search=a&page=7')
const linksOf = (headers: Record<string, string>) =>
  Object.fromEntries(
    (headers.Link ?? '').split(', ').map((link) => {
      const [, url = '', rel = ''] = /^<(.*)>; rel="(\w+)"$/.exec(link) ?? []
      return [rel, new URL(url).searchParams.get('page')]
    }),
  )

test.each([
  [{}, { number: 1, size: 20, offset: 0 }],
  [
    { page: '3', per_page: '10' },
    { number: 3, size: 10, offset: 20 },
  ],
  [{ page: '0' }, { number: 1, size: 20, offset: 0 }],
  [
    { page: '-5', per_page: '-5' },
    { number: 1, size: 1, offset: 0 },
  ],
  [{ per_page: '1000' }, { number: 1, size: 100, offset: 0 }],
  [
    { page: 'two', per_page: '10' },
    { number: 1, size: 10, offset: 0 },
  ],
])('the query %j requests the page %j', (query, page) => {
  const req = new HonoRequest(new Request(`${LIST.origin}?${new URLSearchParams(query)}`))
  expect(pageOf({ req })).toEqual(page)
})

describe('the headers of a page', () => {
  test('the headers of a page in the middle of a list that was counted', () => {
    const headers = pageHeaders(LIST, { number: 2, size: 10, offset: 10 }, { hasNext: true, total: 25 })
    const { Link, ...rest } = headers
    expect(rest).toEqual({
      'X-Page': '2',
      'X-Per-Page': '10',
      'X-Prev-Page': '1',
      'X-Next-Page': '3',
      'X-Total': '25',
      'X-Total-Pages': '3',
    })
    expect(linksOf(headers)).toEqual({ prev: '1', next: '3', first: '1', last: '3' })
    expect(Link).toContain('<https://api.example.com/api/v4/projects?search=a&page=1&per_page=10>; rel="prev"')
  })

  test('the headers of a page that is the only one have one page, however few entries there are', () => {
    const headers = pageHeaders(LIST, { number: 1, size: 20, offset: 0 }, { hasNext: false, total: 0 })
    expect(headers).toMatchObject({ 'X-Prev-Page': '', 'X-Next-Page': '', 'X-Total': '0', 'X-Total-Pages': '1' })
    expect(linksOf(headers)).toEqual({ first: '1', last: '1' })
  })

  test('the headers of a page of a list too long to count have no total and no last page', () => {
    const headers = pageHeaders(LIST, { number: 1, size: 20, offset: 0 }, { hasNext: true, total: undefined })
    expect(Object.keys(headers)).toEqual(['Link', 'X-Page', 'X-Per-Page', 'X-Prev-Page', 'X-Next-Page'])
    expect(linksOf(headers)).toEqual({ next: '2', first: '1' })
  })
})

describe('links in responses', () => {
  test('repeat the parameters of the list, and no other: it may hold a secret', async () => {
    const { headers } = await ask('/api/v4/projects?search=a%26b&private_token=hidden&per_page=1')
    expect(headers.get('Link')).toContain('?search=a%26b&per_page=1&page=1>; rel="first"')
    expect(headers.get('Link')).not.toMatch(/private_token|hidden/)
  })

  test('links in responses stay short: a search for more than any name has is invalid', async () => {
    const { status, body } = await ask(`/api/v4/projects?search=${'/'.repeat(256)}`)
    expect([status, body.errors]).toEqual([400, { search: ['is invalid'] }])
  })

  const linksAt = async (PUBLIC_URL: string | undefined, host: string) => {
    await newProject()
    const { id } = await newProject()
    const env = { PUBLIC_URL }
    const project = await ask(`https://${host}/api/v4/projects/${id}`, { env })
    const list = await ask(`https://${host}/api/v4/projects?per_page=1`, { env })
    const next = /<([^>]*)>; rel="next"/.exec(list.headers.get('Link') ?? '')?.[1] ?? ''
    expect(list.body[0].web_url).toBe(project.body.web_url)
    return [project.body.web_url.replace(project.body.path_with_namespace, ''), next.replace(/\?.*/, '')]
  }

  test.each([
    ['https://patchbay.example.com', 'https://patchbay.example.com/'],
    ['https://example.com/patchbay', 'https://example.com/patchbay/'],
    ['http://example.com:8080/patchbay/', 'http://example.com:8080/patchbay/'],
  ])('begin with PUBLIC_URL %s, whatever the host of the request', async (url, base) => {
    expect(await linksAt(url, 'attacker.example.net')).toEqual([base, `${base}api/v4/projects`])
  })

  test.each([[undefined], [''], ['nonsense']])(
    'begin with the origin of the request if PUBLIC_URL is %j',
    async (url) => {
      const base = 'https://host.example.com/'
      expect(await linksAt(url, 'host.example.com')).toEqual([base, `${base}api/v4/projects`])
    },
  )
})
