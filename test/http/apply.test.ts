import { beforeAll, describe, expect, test } from 'vitest'
import { type Answer, ask, type Call, newProject, newToken } from '../support/api.ts'
import { dump, rows, spyOnDatabase } from '../support/database.ts'
import { entriesOf, SLACK, savedIn } from '../support/fixtures.ts'
import { NONE, putPlan } from '../support/plans.ts'

const YAML = { 'Content-Type': 'application/yaml' }

describe('the same settings for many projects', () => {
  const ROTATION = { jira: { password: 'New-Pass' } }
  const JIRA = { url: 'https://jira.example.com', username: 'u', password: 'Old-Pass' }
  const ids: number[] = []
  const send = (body: object, options: Call = {}) =>
    ask('services/apply', { method: 'PATCH', ...options, json: { services: ROTATION, ...body } })
  const passwordsOf = (list: readonly number[]) =>
    Promise.all(
      list.map(async (id) => (await ask(`projects/${id}/services/jira?with_secrets=true`)).body.properties?.password),
    )

  /** Sends until all is done. */
  async function sendAll(body: object, options: Call = {}) {
    const responses: Answer['body'][] = []
    for (let after: number | null = 0; after !== null; after = responses.at(-1).next_after) {
      const { status, body: response } = await send({ ...body, after }, options)
      expect(status).toBe(200)
      responses.push(response)
    }
    return { responses, projects: responses.flatMap(({ projects }) => projects) }
  }

  beforeAll(async () => {
    for (let n = 0; n < 60; n++) ids.push((await newProject({ namespace_path: 'many', path: `p${n}` })).id)
    for (const id of ids) await putPlan(`projects/${id}/services`, { jira: JIRA, slack: SLACK })
    await newProject({ namespace_path: 'manyfold', path: 'p0' })
  })

  test.each([
    ['ids', () => ({ ids: ids.toReversed() })],
    ['the start of a path', () => ({ path_prefix: 'MANY/' })],
  ])('the same settings for many projects by %s: all are done, in steps, each reported once', async (by, projects) => {
    const services = { jira: { password: `New-${by}` } }
    const { responses, projects: done } = await sendAll({ projects: projects(), services })
    expect(responses.map(({ summary, next_after: next }) => [summary, next])).toEqual([
      [{ applied: 25, unchanged: 0, failed: 0 }, ids[24]],
      [{ applied: 25, unchanged: 0, failed: 0 }, ids[49]],
      [{ applied: 10, unchanged: 0, failed: 0 }, null],
    ])
    expect(done.map(({ id }) => id)).toEqual(ids)
    expect(done[7]).toEqual({
      id: ids[7],
      path_with_namespace: 'many/p7',
      status: 'applied',
      summary: { ...NONE, change: 1 },
    })
    expect(new Set(await passwordsOf(ids))).toEqual(new Set([`New-${by}`]))
    const again = await sendAll({ projects: projects(), services })
    expect(again.projects.every(({ status }) => status === 'unchanged')).toBe(true)
    expect(JSON.stringify([responses, again])).not.toMatch(/New-|Old-/)
  })

  test('the same settings for many projects reads once a step, and writes once for each project that changes', async () => {
    const { DB, trips } = spyOnDatabase()
    const services = { jira: { password: 'Counted' } }
    const projects = { ids: ids.slice(0, 10) }
    await send({ projects, services }, { env: { DB } })
    expect(trips.map((trip) => trip.length)).toEqual([1, ...ids.slice(0, 10).map(() => 2)])
    await send({ projects, services }, { env: { DB } })
    expect(trips).toHaveLength(12)
  })

  test('a project that fails is reported, and no matter of the others', async () => {
    const [broken = 0, gone = 0] = [ids[3], 2_000_000_000]
    await ask(`projects/${broken}/services/jira`, { method: 'DELETE' })
    const { body } = await send({ projects: { ids: [...ids.slice(2, 6), gone] } }, { method: 'PUT' })
    expect(body.projects.map(({ id, status }: { id: number; status: string }) => [id, status])).toEqual([
      [ids[2], 'applied'],
      [broken, 'failed'],
      [ids[4], 'applied'],
      [ids[5], 'applied'],
      [gone, 'failed'],
    ])
    expect(body.projects[1]).toEqual({
      id: broken,
      path_with_namespace: 'many/p3',
      status: 'failed',
      message: '400 Bad Request',
      errors: { 'jira.url': ['is missing'], 'jira.username': ['is missing'] },
    })
    expect(body.projects[4]).toEqual({
      id: gone,
      path_with_namespace: null,
      status: 'failed',
      message: '404 Project Not Found',
    })
    expect(body.summary).toEqual({ applied: 3, unchanged: 0, failed: 2 })
    await putPlan(`projects/${broken}/services`, { jira: JIRA })
  })

  test('a project whose secrets do not open is mended by a plan that sends them all', async () => {
    const [broken = 0, whole = 0] = [ids[10], ids[11]]
    await rows(
      "update settings set secrets = 'v1.k1.AAAAAAAAAAAAAAAA.AAAA' where project_id = ? and slug = 'jira'",
      broken,
    )
    const services = { jira: { password: 'Newer' } }
    const { body } = await send({ projects: { ids: [broken, whole] }, services })
    expect(body.projects.map(({ status }: Record<string, unknown>) => status)).toEqual(['applied', 'applied'])
    expect(await passwordsOf([broken, whole])).toEqual(['Newer', 'Newer'])
  })

  test('a PATCH goes only where the service is set up, and leaves `active` alone', async () => {
    const [absent = 0, inactive = 0] = [ids[20], ids[21]]
    await ask(`projects/${absent}/services/jira`, { method: 'DELETE' })
    await ask(`projects/${inactive}/services/jira`, { method: 'PATCH', json: { active: false } })
    const { body } = await send({ projects: { ids: [absent, inactive] }, services: { jira: { password: 'Patched' } } })
    expect(body.projects.map(({ status, summary }: Record<string, unknown>) => [status, summary])).toEqual([
      ['unchanged', { ...NONE, absent: 1 }],
      ['applied', { ...NONE, change: 1 }],
    ])
    expect((await ask(`projects/${inactive}/services/jira`)).body.active).toBe(false)
    await putPlan(`projects/${absent}/services`, { jira: JIRA })
  })

  test('a dry run tells, and writes nothing', async () => {
    const before = [await dump('settings'), await dump('audit')]
    const { responses, projects } = await sendAll({
      projects: { path_prefix: 'many/' },
      services: { jira: { password: 'Dry' } },
      dry_run: true,
    })
    expect(responses[0]?.summary).toEqual({ planned: 25, unchanged: 0, failed: 0 })
    expect(projects).toHaveLength(60)
    expect([await dump('settings'), await dump('audit')]).toEqual(before)
  })

  test('pruning deletes in each what is not named', async () => {
    const projects = { ids: ids.slice(30, 32) }
    const { body } = await send({ projects, services: { jira: {} }, prune: true }, { method: 'PUT' })
    expect(body.projects.map(({ summary }: { summary: object }) => summary)).toEqual(
      Array(2).fill({ ...NONE, unchanged: 1, delete: 1 }),
    )
    expect((await savedIn(ids[30] ?? 0)).map(({ slug }) => slug)).toEqual(['jira'])
  })

  test('each change is in the audit trail of its project', async () => {
    const [id = 0] = ids.slice(40)
    const before = (await entriesOf(id)).length
    await send({ projects: { ids: [id] }, services: { jira: { password: 'Audited' }, slack: { username: 'bot' } } })
    expect((await entriesOf(id)).slice(before).map(({ subject, changes }) => [subject, JSON.parse(changes)])).toEqual([
      ['jira', [{ field: 'password', secret: 'set' }]],
      ['slack', [{ field: 'username', from: null, to: 'bot' }]],
    ])
  })

  test('YAML does as well, and so does the other name', async () => {
    const body = `projects: {ids: [${ids[50]}]}\nservices: {jira: {password: 0042}}`
    const { status, body: response } = await ask('integrations/apply', { method: 'PATCH', headers: YAML, body })
    expect([status, response.summary.applied]).toEqual([200, 1])
    expect(await passwordsOf(ids.slice(50, 51))).toEqual(['0042'])
  })

  test.each([
    ['without a selection', {}, { projects: ['is missing'] }],
    ['with an empty one', { projects: {} }, { projects: ['must have either ids or path_prefix'] }],
    ['with another one', { projects: { id: [1] } }, { projects: ['must have either ids or path_prefix'] }],
    ['with both', { projects: { ids: [1], path_prefix: 'a' } }, { projects: ['must have either ids or path_prefix'] }],
    ['with no ids', { projects: { ids: [] } }, { projects: ["can't be blank"] }],
    ['with a blank path', { projects: { path_prefix: ' ' } }, { projects: ["can't be blank"] }],
    ['with ids that are none', { projects: { ids: ['a'] } }, { projects: ['is invalid'] }],
    [
      'with too many ids',
      { projects: { ids: Array.from({ length: 1001 }, (_, n) => n + 1) } },
      { projects: ['names too many projects (maximum is 1000)'] },
    ],
    ['going on behind nothing', { projects: { ids: [1] }, after: 'x' }, { after: ['is invalid'] }],
    [
      'of an unknown service',
      { projects: { ids: [1] }, services: { jra: {} } },
      { 'services.jra': ['is unknown (did you mean jira?)'] },
    ],
    [
      'of what no project takes',
      { projects: { ids: [1] }, services: { jira: { url: 'x', jira_auth_type: 'x' } } },
      { 'jira.jira_auth_type': ['is invalid'] },
    ],
  ])('%s it is refused, before any project is looked at', async (_, body, errors) => {
    const { status, body: response } = await send(body)
    expect({ status, errors: response.errors }).toEqual({ status: 400, errors })
  })

  test('only the instance token applies settings to many projects', async () => {
    const [id = 0] = ids
    const { DB, trips } = spyOnDatabase()
    for (const [token, status] of [
      [(await newToken(id, { access_level: 50 })).token, 403],
      [(await newToken(id, { scopes: ['read_api'] })).token, 403],
      ['pbt_unknown', 401],
      [null, 401],
    ] as const)
      expect((await send({ projects: { ids } }, { token, env: { DB } })).status).toBe(status)
    expect(trips.flat().flatMap(({ values }) => values)).not.toContain(JSON.stringify(ids.slice(0, 25)))
  })

  test('/services/apply does not hide the catalogue at /services/:slug', async () => {
    expect((await ask('services/apply')).status).toBe(404)
    expect((await ask('services/slack')).status).toBe(200)
    expect((await ask('services/slack', { method: 'PUT', json: {} })).status).toBe(404)
    expect((await ask('/services/apply', { method: 'PUT', json: {} })).status).toBe(404)
  })
})
