import { describe, expect, test } from 'vitest'
import { ask, type Call, newPlace, newProject, newSettings, newToken } from '../support/api.ts'
import { ASANA, snapshot } from '../support/fixtures.ts'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const STRICT = { Prefer: 'handling=strict' }
const TOKEN = 'Xk3fQ9dLp2vB7nM1'

const form = (body: string): Call => ({ headers: FORM, body })

/** Bodies that are no parameters, and that a form parser takes for one without a value. */
const BARE = [`${TOKEN}=`, `${TOKEN}==`, 'hunter=', 'correct-horse-battery=&staple==', `${TOKEN}[]=`]

describe('a form without values of which no name is known', () => {
  test.each(BARE)('a form without values of which no name is known is no set of parameters: %s', async (body) => {
    const { id, path } = await newSettings('asana', { ...ASANA, active: false })
    const before = await snapshot(id)
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const { status, body: response, headers } = await ask(path, { method, ...form(body) })
      expect([method, status, response]).toEqual([method, 400, { error: 'Invalid form format' }])
      expect(headers.has('X-Ignored-Parameters')).toBe(false)
    }
    expect(await snapshot(id)).toEqual(before)
  })

  test('a form without values of which no name is known is rejected by projects and tokens as well, which stay as they are', async () => {
    const { id } = await newProject()
    const { id: tokenId } = await newToken(id)
    const tokens = `projects/${id}/access_tokens`
    const before = [(await ask(`projects/${id}`)).body, (await ask(tokens)).body]
    for (const [method, path] of [
      ['PUT', `projects/${id}`],
      ['DELETE', `projects/${id}`],
      ['POST', `${tokens}/${tokenId}/rotate`],
      ['DELETE', `${tokens}/${tokenId}`],
      ['POST', 'admin/rotate'],
    ] as const) {
      const { status, body } = await ask(path, { method, ...form(`${TOKEN}==`) })
      expect([method, path, status, body]).toEqual([method, path, 400, { error: 'Invalid form format' }])
    }
    expect([(await ask(`projects/${id}`)).body, (await ask(tokens)).body]).toEqual(before)
  })

  test('a form without values of which no name is known is one of parameters as soon as a name is known: it clears that', async () => {
    const { path } = await newSettings('asana', { ...ASANA, restrict_to_branch: 'main' })
    const { status, body } = await ask(path, { method: 'PUT', ...form('restrict_to_branch=&colour=') })
    expect([status, body.properties]).toEqual([200, { restrict_to_branch: null }])
  })
})

describe('an unknown name that may be a secret', () => {
  const sent = { ...ASANA, [TOKEN]: 'x', colour: 'red' }

  test('an unknown name that may be a secret is hidden where the names of ignored parameters are', async () => {
    const { list, path } = await newPlace('asana')
    const dry = await ask(`${path}?dry_run=true`, { json: sent })
    expect([dry.status, dry.body.ignored]).toEqual([200, ['asana.***', 'asana.colour']])
    const plan = await ask(list, { method: 'PUT', json: { services: { asana: sent } } })
    expect([plan.status, plan.body.ignored]).toEqual([200, ['asana.***', 'asana.colour']])
    const saved = await ask(path, { json: sent })
    for (const { headers } of [dry, saved]) expect(headers.get('X-Ignored-Parameters')).toBe('***,colour')
    expect(plan.headers.get('X-Ignored-Parameters')).toBe('asana.***,asana.colour')
  })

  test('an unknown name that may be a secret is hidden in errors', async () => {
    const { id, list, path } = await newPlace('asana')
    const unknown = { '***': ['is unknown'] }
    for (const [place, options, errors] of [
      [path, { json: { ...ASANA, [TOKEN]: 1 }, headers: STRICT }, unknown],
      [list, { json: { services: { [TOKEN]: {} } } }, { 'services.***': ['is unknown'] }],
      [list, { json: { services: {}, [TOKEN]: 1 } }, unknown],
      [
        list,
        { json: { services: { asana: { ...ASANA, [TOKEN]: 1 } } }, headers: STRICT },
        { 'asana.***': ['is unknown'] },
      ],
      [`${path}/test`, { method: 'POST', json: { [TOKEN]: 1 } }, unknown],
      [`projects/${id}`, { json: { [TOKEN]: 1 }, headers: STRICT }, unknown],
      [`${list}?${TOKEN}=1`, { method: 'GET', headers: STRICT }, unknown],
    ] as const) {
      const { status, body, headers } = await ask(place, { method: 'PUT', ...options } as Call)
      expect([place, status, body.errors]).toEqual([place, 400, errors])
      expect(JSON.stringify([body, ...headers])).not.toContain(TOKEN)
    }
  })
})

test('a plan names the first 100 of its ignored parameters, and counts the others', async () => {
  const { id, list } = await newPlace('asana')
  const unknown = (start: string) => Object.fromEntries(Array.from({ length: 95 }, (_, n) => [`${start}_${n}`, '']))
  const wanted = { services: { bugzilla: unknown('one'), 'external-wiki': unknown('other') } }
  for (const [path, json] of [
    [list, wanted],
    ['services/apply', { ...wanted, projects: { ids: [id] } }],
  ] as const) {
    const { body } = await ask(`/api/v4/${path}?dry_run=true`, { method: 'PATCH', json })
    expect([path, body.ignored?.length, body.ignored_more]).toEqual([path, 100, 90])
  }
})
