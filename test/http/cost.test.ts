import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { ask, type Call, newProject, newToken } from '../support/api.ts'
import { countBilledRows, rows, spyOnDatabase } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'
import { apiRoutes } from '../support/routes.ts'

const PROJECTS = 2000

let place = { id: 0, path: '', token: '' }

async function billOf(path: string, options: Call = {}) {
  const { DB, bills, total } = countBilledRows()
  const answer = await ask(path, { token: place.token, ...options, env: { DB } })
  return { ...answer, trips: bills.length, read: total('read'), written: total('written') }
}

beforeAll(async () => {
  await rows(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
     insert into projects
       (name, path, full_path, default_branch, emails_enabled, protected_branches, version, created_at, updated_at)
     select 'p' || i, 'p' || i, 'big/p' || i, 'main', 1, '[]', 1, 1, 1 from n`,
    PROJECTS,
  )
  await rows(
    `insert into settings (project_id, slug, version, active, flags, params, secrets_meta, created_at, updated_at)
     select id, slug, 1, 1, 0, '{}', '{}', 1, 1 from projects, (select 'slack' as slug union select 'jira' union select 'asana')
     where full_path like 'big/%'`,
  )
  await rows(
    `insert into audit (project_id, action, subject, actor_kind, actor_id, actor_name, request_id, write_id, changes, created_at)
     select project_id, 'settings.created', slug, 'instance', 1, 'seed', 'r', 'w' || id, '[]', 1 from settings`,
  )
  const { id, path } = await newProject()
  place = { id, path: encodeURIComponent(path), token: (await newToken(id)).token }
  await rows('update tokens set last_used_at = ?', Date.now())
  for (const slug of ['slack', 'mattermost', 'webex-teams'])
    await ask(`projects/${id}/services/${slug}`, { json: SLACK })
  await ask(`projects/${id}/services/hangouts-chat`, { json: { ...SLACK, active: false } })
})

describe('what D1 bills does not grow with its tables', () => {
  test.each(['id', 'path'] as const)('reading one service by %s reads at most 4 rows', async (by) => {
    const { status, read, trips } = await billOf(`projects/${place[by]}/services/slack`)
    expect({ status, trips }).toEqual({ status: 200, trips: 1 })
    expect(read).toBeGreaterThanOrEqual(2)
    expect(read).toBeLessThanOrEqual(4)
  })

  test.each(['id', 'path'] as const)('a list by %s reads its active rows and at most 3 more', async (by) => {
    const { body, read } = await billOf(`projects/${place[by]}/services`)
    expect(body).toHaveLength(3)
    expect(read).toBeLessThanOrEqual(3 + 3)
  })

  test.each([
    ['an edit writes 4 rows', 'services/slack', { json: { username: 'bot' } }, 4],
    [
      'an edit of many writes 4 rows each',
      'services',
      { method: 'PUT', json: { services: { slack: { username: 'b' }, mattermost: { username: 'b' } } } },
      8,
    ],
    ['a creation writes 8 rows', 'services/unify-circuit', { json: SLACK }, 8],
    ['a deletion writes 4 rows', 'services/unify-circuit', { method: 'DELETE' }, 4],
  ] as [string, string, Call, number][])('%s', async (_, path, call, rows) => {
    const { status, written, trips } = await billOf(`projects/${place.id}/${path}`, call)
    expect({ isGood: status < 300, trips, written }).toEqual({ isGood: true, trips: 2, written: rows })
  })

  test('a PUT that changes nothing writes no row, and keeps the ETag', async () => {
    const before = await ask(`projects/${place.id}/services/mattermost`)
    const { written, headers, trips } = await billOf(`projects/${place.id}/services/mattermost`, { json: SLACK })
    expect({ written, trips }).toEqual({ written: 0, trips: 1 })
    expect(headers.get('ETag')).toBe(before.headers.get('ETag'))
  })
})

const PUBLIC = /^GET (\/|\/health|\/ready|\/api\/v4|\/api\/v4\/((services|integrations)(\/slack)?|openapi\.json))$/

/** A request to each route that takes a token. */
const ROUTES = [...new Set(apiRoutes.map(({ method, path }) => `${method} ${path}`))]
  .map((route) => route.replace(/:slug(\{.*\})?/, 'slack').replace(/:(token|delivery)_id(\{.*?\})?/, '1'))
  .map((route) => route.replace(':trigger', 'push_events'))
  // Slash commands take no token of the API.
  .filter((route) => !route.startsWith('ALL ') && !route.endsWith('/trigger') && !PUBLIC.test(route))
  .map((route) => route.split(' ') as [method: string, path: string])

describe('a token that nobody has reads at most one row', () => {
  test.each(ROUTES)('%s %s', async (method, route) => {
    for (const by of ['id', 'path'] as const) {
      const path = route.replace(':id', String(place[by]))
      const body = method === 'GET' ? {} : { json: {} }
      const { status, read, trips } = await billOf(path, { method, token: 'pbt_unknown', ...body })
      expect({ status, trips }).toEqual({ status: 401, trips: 1 })
      expect(read).toBeLessThanOrEqual(1)
    }
  })
})

describe('a token of another project reads few rows, whatever the project holds', () => {
  test.each(ROUTES.filter(([, path]) => path.includes(':id')))('%s %s', async (method, route) => {
    const stranger = (await newToken((await newProject()).id, { scopes: ['api', 'read_secrets'] })).token
    for (const by of ['id', 'path'] as const) {
      const path = route.replace(':id', String(place[by]))
      const body = method === 'GET' ? {} : { json: {} }
      const { status, read } = await billOf(path, { method, token: stranger, ...body })
      expect(status).toBe(404)
      // Routes with two statements: each finds the caller and no project.
      expect(read).toBeLessThanOrEqual(/\/(commit_status|test|test\/push_events)$/.test(route) ? 4 : 3)
      await rows('update tokens set last_used_at = ?', Date.now())
    }
  })
})

/** Every request under a project that asks the database. */
const REQUESTS: [path: string, options?: Call][] = [
  ['services'],
  ['services?active=all'],
  ['services/slack'],
  ['services/slack', { json: { username: 'planned' } }],
  ['services/jira', { json: { url: 'https://jira.example.com', username: 'u', password: 'p' } }],
  ['services/jira', { method: 'DELETE' }],
  ['access_tokens'],
  ['access_tokens/self'],
  ['access_tokens/1'],
  ['audit_events'],
  ['audit_events?slug=slack&created_after=2020-01-01'],
  ['', {}],
  ['', { json: { description: 'planned' } }],
]

describe('every statement under a project reads by an index', () => {
  test.each(REQUESTS)('%s %o', async (path, options = {}) => {
    for (const by of ['id', 'path'] as const) {
      for (const token of [place.token, env.ADMIN_TOKEN]) {
        const { DB, trips } = spyOnDatabase()
        await ask(`projects/${place[by]}${path && `/${path}`}`, { ...options, token, env: { DB } })
        for (const { sql, values } of trips.flat()) {
          const plan = await rows<{ detail: string }>(`explain query plan ${sql}`, ...values)
          const bad = plan
            .map(({ detail }) => detail)
            .filter((detail) => /SCAN (?!CONSTANT ROW)|TEMP B-TREE/.test(detail))
          expect({ sql, bad }).toEqual({ sql, bad: [] })
        }
      }
    }
  })
})
