import { beforeAll, describe, expect, test } from 'vitest'
import { ask, call, newProject, newSettings, newToken } from '../support/api.ts'
import { auditOf, rows } from '../support/database.ts'

const TAKEN = { status: 400, body: { message: { path: ['has already been taken'] } } }
const ID_TAKEN = { status: 400, body: { message: { id: ['has already been taken'] } } }
const NO_PROJECT = { status: 404, body: { message: '404 Project Not Found' } }
const UNNAMED = {
  error: 'name, path are missing, at least one parameter must be provided',
  errors: { name: ['or path must be provided'], path: ['or name must be provided'] },
}
const create = (json: object) => ask('projects', { method: 'POST', json })

describe('creating a project', () => {
  test('creating a project returns it in GitLab’s shape', async () => {
    const json = {
      name: 'My App',
      path: 'app',
      namespace_path: 'group/sub',
      default_branch: 'trunk',
      description: 'What it is',
      emails_enabled: false,
      protected_branches: ['trunk', 'release-*'],
    }
    const { status, body } = await create(json)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      description: 'What it is',
      name: 'My App',
      name_with_namespace: 'group / sub / My App',
      path: 'app',
      path_with_namespace: 'group/sub/app',
      namespace: { name: 'sub', path: 'sub', kind: 'group', full_path: 'group/sub' },
      default_branch: 'trunk',
      emails_enabled: false,
      protected_branches: ['trunk', 'release-*'],
      visibility: 'private',
      web_url: 'https://patchbay.test/group/sub/app',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      archived: false,
    })
    for (const ref of [body.id, 'group%2Fsub%2Fapp', 'GROUP%2fSub%2Fapp']) {
      expect((await ask(`projects/${ref}`)).body).toEqual(body)
    }
  })

  test.each([
    [
      { path: 'only-path' },
      { name: 'only-path', path: 'only-path', namespace: null, default_branch: 'main', description: null },
    ],
    [{ name: 'Only Name!' }, { name: 'Only Name!', path: 'only-name' }],
    [
      {
        ...{ path: 'blank-rest', description: '', default_branch: '', namespace_path: '', id: '' },
        ...{ emails_enabled: '', protected_branches: '' },
      },
      { description: null, default_branch: 'main', emails_enabled: true, protected_branches: [] },
    ],
    [{ path: 'with.dots_and-dashes' }, { path_with_namespace: 'with.dots_and-dashes' }],
    [{ path: '2048', namespace_path: 'games' }, { path_with_namespace: 'games/2048' }],
    [{ name: 'Größe Öl' }, { name: 'Größe Öl', path: 'gro-e-ol' }],
    [{ path: 'own-id', id: 700_001 }, { id: 700_001 }],
    [{ path: 'own-id-as-text', id: '700002' }, { id: 700_002 }],
  ])('creating a project with %j makes %j', async (json, expected) => {
    expect(await create(json)).toMatchObject({ status: 201, body: expected })
  })

  test.each([
    [{}, UNNAMED],
    [{ description: 'x' }, UNNAMED],
    [{ path: '' }, { errors: { path: ["can't be blank"] } }],
    [{ path: ['a'] }, { error: 'path is invalid' }],
    [{ path: 'a/b' }, { message: { path: [expect.stringContaining('can contain only')] } }],
    [{ path: '..%2f' }, { message: { path: [expect.stringContaining('can contain only')] } }],
    [{ path: '.' }, { message: { path: [expect.any(String)] } }],
    [{ path: '..' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'a', namespace_path: 'b/../c' }, { message: { path: [expect.any(String)] } }],
    [{ path: '-a' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'a.git' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'bac\u212Aend' }, { message: { path: [expect.stringContaining('ASCII letters')] } }],
    [{ path: 'a', namespace_path: 'größe' }, { message: { path: [expect.stringContaining('ASCII letters')] } }],
    [{ path: 'a', namespace_path: 'b//c' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'a', namespace_path: '/b' }, { message: { path: [expect.any(String)] } }],
    [{ path: '12345' }, { message: { path: ['cannot be a number: it would read as an id'] } }],
    [{ name: '12345' }, { message: { path: ['cannot be a number: it would read as an id'] } }],
    [{ name: '!!!' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'a'.repeat(256) }, { errors: { path: ['is too long (maximum is 255 characters)'] } }],
    [{ path: 'a', id: 0 }, { message: { id: ['must be between 1 and 2147483647'] } }],
    [{ path: 'a', id: -1 }, { message: { id: ['must be between 1 and 2147483647'] } }],
    [{ path: 'a', id: 2 ** 31 }, { message: { id: ['must be between 1 and 2147483647'] } }],
    [{ path: 'a', id: 'x' }, { error: 'id is invalid' }],
    [{ path: 'a', emails_enabled: 'perhaps' }, { error: 'emails_enabled is invalid' }],
    [{ path: 'a', protected_branches: 'main' }, { error: 'protected_branches is invalid' }],
    [
      { path: 'a', protected_branches: ['a\nb'] },
      { errors: { protected_branches: ['must not contain control characters'] } },
    ],
    [
      { path: 'a', protected_branches: Array(101).fill('b') },
      { errors: { protected_branches: ['is too long (maximum is 100 entries)'] } },
    ],
  ])('creating a project with %j is refused', async (json, body) => {
    expect(await create(json)).toMatchObject({ status: 400, body })
  })

  test('creating a project refuses a path that is taken, in any case of letters', async () => {
    const { path } = await newProject()
    const [namespace_path = '', last = ''] = path.split('/')
    expect(await create({ namespace_path, path: last })).toMatchObject(TAKEN)
    expect(await create({ namespace_path: namespace_path.toUpperCase(), path: last.toUpperCase() })).toMatchObject(
      TAKEN,
    )
    expect(await create({ namespace_path, path: last, id: 123_456_789 })).toMatchObject(TAKEN)
  })

  test('creating a project refuses an id that is taken, also by a project that is gone', async () => {
    const { id } = await newProject()
    expect(await create({ path: 'same-id', id })).toMatchObject(ID_TAKEN)
    await ask(`projects/${id}`, { method: 'DELETE' })
    expect(await create({ path: 'same-id', id })).toMatchObject(ID_TAKEN)
    expect((await newProject()).id).toBeGreaterThan(id)
    expect(await rows("select * from projects where path = 'same-id'")).toEqual([])
  })

  test('creating a project is audited by the names of the API', async () => {
    const { id } = await newProject()
    const entry = {
      action: 'project.created',
      subject: String(id),
      actor_kind: 'instance',
      actor_id: 1,
      actor_name: 'Instance',
    }
    const entries = await auditOf(id)
    expect(entries).toMatchObject([entry])
    expect(JSON.parse(entries[0]?.changes ?? '').map(({ field }: { field: string }) => field)).toEqual([
      'name',
      'path',
      'path_with_namespace',
      'default_branch',
      'emails_enabled',
      'protected_branches',
    ])
  })

  test('creating a project names what it does not take', async () => {
    const { headers } = await create({ path: 'with-visibility', visibility: 'public', namespace_id: 5 })
    expect(headers.get('X-Ignored-Parameters')).toBe('visibility,namespace_id')
  })
})

describe('a project is named', () => {
  test.each([
    ['by its path', (path: string) => encodeURIComponent(path)],
    ['by its path, dots encoded', (path: string) => encodeURIComponent(path).replaceAll('.', '%2E')],
    [
      'by its path, all encoded',
      (path: string) => [...path].map((char) => `%${char.charCodeAt(0).toString(16)}`).join(''),
    ],
    ['by its path in capitals', (path: string) => encodeURIComponent(path.toUpperCase())],
  ])('%s', async (_, encode) => {
    const { id, path } = await newProject({ path: `v1.2_${Math.random()}`, namespace_path: 'group.one/sub' })
    expect((await ask(`projects/${encode(path)}`)).body.id).toBe(id)
    expect((await ask(`projects/${encode(path)}/services`)).body).toEqual([])
    expect((await ask(`projects/${encode(path)}/services/asana`, { json: { api_key: 'k' } })).status).toBe(200)
    expect((await ask(`/projects/${encode(path)}/integrations/asana`)).status).toBe(200)
    expect((await ask(`projects/${id}/services`)).body).toHaveLength(1)
  })

  test.each(['', '/services', '/services/slack', '/access_tokens'])(
    'a full path with slashes that are not encoded is no route, and the error says what to do: %s',
    async (rest) => {
      const { path } = await newProject()
      const { status, body } = await ask(`projects/${path}${rest}`)
      expect({ status, body }).toEqual({
        status: 404,
        body: { error: '404 Not Found', detail: 'Encode the slashes of a project’s full path, as in group%2Fproject' },
      })
    },
  )

  test.each(['projects/1/nowhere', 'projects/acme%2Fshop/nowhere', 'nowhere/acme/shop'])(
    'another unknown route has no such advice: %s',
    async (path) => {
      expect((await ask(path)).body).toEqual({ error: '404 Not Found' })
    },
  )

  test('a project is named by no path that equals its own only by the case rules of Unicode', async () => {
    const { path } = await newProject({ path: 'kiosk' })
    const KELVIN = '\u212A'
    const LONG_S = '\u017F'
    for (const other of [path.replaceAll('k', KELVIN), path.replaceAll('s', LONG_S)]) {
      expect(await ask(`projects/${encodeURIComponent(other)}`)).toMatchObject(NO_PROJECT)
      expect(await ask(`projects/${encodeURIComponent(other)}/services`)).toMatchObject(NO_PROJECT)
    }
  })

  test.each([
    '0',
    '999999999',
    '9007199254740993',
    '99999999999999999999',
    '-1',
    '1.5',
    'nowhere',
    'a%2Fb',
    '%25',
    "'",
    '%00',
  ])('not by %s', async (ref) => {
    expect(await ask(`projects/${ref}`)).toMatchObject(NO_PROJECT)
    expect(await ask(`projects/${ref}/services`)).toMatchObject(NO_PROJECT)
  })
})

describe('editing a project', () => {
  test('editing a project keeps what it omits, and is audited', async () => {
    const { id, path } = await newProject({ description: 'old' })
    const { token, id: tokenId } = await newToken(id)
    const { status, body } = await ask(`projects/${id}`, { token, json: { name: 'New', default_branch: 'trunk' } })
    expect([status, body]).toMatchObject([
      200,
      { name: 'New', default_branch: 'trunk', description: 'old', path_with_namespace: path },
    ])
    expect((await ask(`projects/${id}`)).body).toEqual(body)
    const entry = (await auditOf(id)).at(-1)
    expect(entry).toMatchObject({ action: 'project.updated', subject: String(id), actor_id: tokenId + 1 })
    expect(JSON.parse(entry?.changes ?? '').map(({ field }: { field: string }) => field)).toEqual([
      'name',
      'default_branch',
    ])
  })

  test('editing a project moves its path, within its namespace, and takes its settings along', async () => {
    const { id, path } = await newProject()
    await ask(`projects/${id}/services/asana`, { json: { api_key: 'k' } })
    const { body } = await ask(`projects/${id}`, { json: { path: `${path.split('/')[1]}-moved` } })
    expect(body.path_with_namespace).toBe(`${path}-moved`)
    expect(
      (await ask(`projects/${encodeURIComponent(`${path}-moved`)}/services/asana?with_secrets=true`)).body.properties
        .api_key,
    ).toBe('k')
    expect(await ask(`projects/${encodeURIComponent(path)}`)).toMatchObject(NO_PROJECT)
  })

  test.each([
    [{ name: '' }, { errors: { name: ["can't be blank"] } }],
    [{ path: null }, { errors: { path: ["can't be blank"] } }],
    [{ path: 'a b' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'a/b' }, { message: { path: [expect.any(String)] } }],
    [{ path: '..' }, { message: { path: [expect.any(String)] } }],
    [{ path: 'bac\u212Aend' }, { message: { path: [expect.stringContaining('ASCII letters')] } }],
    [{ description: {} }, { error: 'description is invalid' }],
    [{ default_branch: 'a\nb' }, { errors: { default_branch: ['must not contain control characters'] } }],
  ])('editing a project with %j is refused', async (json, body) => {
    const { id } = await newProject()
    const before = (await ask(`projects/${id}`)).body
    expect(await ask(`projects/${id}`, { json })).toMatchObject({ status: 400, body })
    expect((await ask(`projects/${id}`)).body).toEqual(before)
  })

  test('editing a project refuses the path of another, and takes its own', async () => {
    const [one, two] = [await newProject(), await newProject()]
    const path = (text: string) => text.split('/')[1]
    expect(await ask(`projects/${one.id}`, { json: { path: path(two.path) } })).toMatchObject(TAKEN)
    expect(await ask(`projects/${one.id}`, { json: { path: path(one.path) } })).toMatchObject({ status: 200 })
  })

  test('editing a project that changes nothing writes nothing', async () => {
    const { id } = await newProject()
    const before = [
      (await ask(`projects/${id}`)).body,
      await auditOf(id),
      await rows('select * from projects where id = ?', id),
    ]
    await ask(`projects/${id}`, { json: { name: before[0].name, stray: 1 } })
    expect([
      (await ask(`projects/${id}`)).body,
      await auditOf(id),
      await rows('select * from projects where id = ?', id),
    ]).toEqual(before)
  })

  test('an edit names what it does not take, and moves neither the id nor the namespace', async () => {
    const { id, path } = await newProject()
    const json = { id: 5, namespace_path: 'elsewhere', visibility: 'public', name: 'New' }
    const { status, body, headers } = await ask(`projects/${id}`, { json })
    expect([status, body.id, body.path_with_namespace, body.visibility]).toEqual([200, id, path, 'private'])
    expect(headers.get('X-Ignored-Parameters')).toBe('id,namespace_path,visibility')
  })

  test('an edit that takes all it was sent names nothing as ignored', async () => {
    const { id } = await newProject()
    const { headers } = await ask(`projects/${id}`, { json: { name: 'New' } })
    expect(headers.has('X-Ignored-Parameters')).toBe(false)
  })

  test('a new path needs the role 50; the path that the project has needs none', async () => {
    const { id, path } = await newProject()
    const [, last = ''] = path.split('/')
    const { token: maintainer } = await newToken(id, { access_level: 40 })
    const { token: owner } = await newToken(id, { access_level: 50 })
    const rename = (token: string, json: object) => ask(`projects/${id}`, { token, json })
    for (const other of [`${last}-new`, last.toUpperCase()])
      expect(await rename(maintainer, { path: other, name: 'New' })).toMatchObject({
        status: 403,
        body: { message: '403 Forbidden' },
      })
    expect((await ask(`projects/${id}`)).body).toMatchObject({ path_with_namespace: path, name: last })
    expect(await rename(maintainer, { path: last, name: 'New' })).toMatchObject({ status: 200, body: { name: 'New' } })
    expect(await rename(owner, { path: `${last}-new` })).toMatchObject({ status: 200, body: { path: `${last}-new` } })
  })

  test('e-mail and protected branches are edited, cleared, and audited by their names in the API', async () => {
    const { id } = await newProject()
    const edit = async (json: object) => {
      const { body } = await ask(`projects/${id}`, { json })
      return [body.emails_enabled, body.protected_branches]
    }
    expect(await edit({ emails_enabled: 'false', protected_branches: ['main', 'v*'] })).toEqual([false, ['main', 'v*']])
    expect(await edit({ name: 'New' })).toEqual([false, ['main', 'v*']])
    expect(await edit({ protected_branches: ['main', 'v*'] })).toEqual([false, ['main', 'v*']])
    expect(await edit({ emails_enabled: '', protected_branches: null })).toEqual([true, []])
    const changes = (await auditOf(id)).slice(1).map((entry) => JSON.parse(entry.changes))
    expect(changes).toEqual([
      [
        { field: 'emails_enabled', from: true, to: false },
        { field: 'protected_branches', from: [], to: ['main', 'v*'] },
      ],
      [{ field: 'name', from: expect.any(String), to: 'New' }],
      [
        { field: 'emails_enabled', from: false, to: true },
        { field: 'protected_branches', from: ['main', 'v*'], to: [] },
      ],
    ])
  })
})

describe('deleting a project', () => {
  test('deleting a project is 202, and takes its settings and tokens with it', async () => {
    const { id, path } = await newSettings('asana', { api_key: 'k' })
    const { token } = await newToken(id)
    const { status, body } = await ask(`projects/${id}`, { method: 'DELETE' })
    expect({ status, body }).toEqual({ status: 202, body: { message: '202 Accepted' } })
    expect(await ask(path)).toMatchObject(NO_PROJECT)
    expect((await ask('version', { token })).status).toBe(401)
    expect(await ask(`projects/${id}`, { method: 'DELETE' })).toMatchObject(NO_PROJECT)
    for (const table of ['settings', 'tokens'])
      expect(await rows(`select * from ${table} where project_id = ?`, id)).toEqual([])
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'project.created',
      'settings.created',
      'token.created',
      'project.deleted',
    ])
  })

  test('deleting a project frees its path', async () => {
    const { id, path } = await newProject()
    await ask(`projects/${id}`, { method: 'DELETE' })
    const [namespace_path, last] = path.split('/')
    const { body } = await create({ namespace_path, path: last })
    expect(body.id).toBeGreaterThan(id)
    expect((await ask(`projects/${body.id}/services?active=all`)).body).toEqual([])
  })
})

describe('the list of projects', () => {
  const idsOf = (body: { id: number }[]) => body.map(({ id }) => id)
  const ids: number[] = []
  beforeAll(async () => {
    for (const name of ['Findme One', 'findme two', 'FINDME three', 'other findme', '100%_sure', '100 percent']) {
      ids.push((await newProject({ name, path: `list-${ids.length}` })).id)
    }
  })

  test('the list of projects shows a token its own project, whatever its role', async () => {
    const { token } = await newToken(ids[0] ?? 0, { access_level: 10, scopes: ['read_api'] })
    const { body, headers } = await ask('projects', { token })
    expect([idsOf(body), headers.get('X-Total')]).toEqual([[ids[0]], '1'])
    expect((await ask('projects?search=other', { token })).body).toEqual([])
  })

  test('the list of projects shows the instance all of them, the newest first', async () => {
    const { body } = await ask('projects?per_page=100')
    const all = await rows<{ id: number }>('select id from projects order by id desc limit 100')
    expect(idsOf(body)).toEqual(all.map(({ id }) => id))
  })

  test.each([
    ['findme', [2, 1, 0]],
    ['FindMe%20T', [2, 1]],
    ['list-', [5, 4, 3, 2, 1, 0]],
    ['list-3', [3]],
    ['one', []],
    ['100%25_', [4]],
    ['100%25', [4]],
    ['100', [5, 4]],
    ['%25', []],
    ['_', []],
    ['%27', []],
    ['tests%2Flist', []],
  ])('searches names and paths that start with %s', async (search, places) => {
    const { body, headers } = await ask(`projects?search=${search}`)
    expect([idsOf(body), headers.get('X-Total')]).toEqual([places.map((place) => ids[place]), String(places.length)])
  })

  test('the list of projects is paginated, as GitLab’s', async () => {
    const pages = []
    for (const page of [1, 2, 3, 4]) {
      const { body, headers } = await ask(`projects?search=findme&per_page=2&page=${page}`)
      const shown = ['X-Page', 'X-Per-Page', 'X-Prev-Page', 'X-Next-Page', 'X-Total', 'X-Total-Pages']
      pages.push([idsOf(body), ...shown.map((name) => headers.get(name))])
    }
    expect(pages).toEqual([
      [[ids[2], ids[1]], '1', '2', '', '2', '3', '2'],
      [[ids[0]], '2', '2', '1', '', '3', '2'],
      [[], '3', '2', '2', '', '3', '2'],
      [[], '4', '2', '3', '', '3', '2'],
    ])
  })

  test('the list of projects links to its other pages, with the query as it was', async () => {
    const { headers } = await ask('projects?search=list-&per_page=2&page=2')
    const links = (headers.get('Link') ?? '').split(', ').map((text) => /<(.*)>; rel="(\w+)"/.exec(text)?.slice(1))
    expect(Object.fromEntries(links.map((link = []) => [link[1], new URL(link[0] ?? '').search]))).toEqual({
      prev: '?search=list-&per_page=2&page=1',
      next: '?search=list-&per_page=2&page=3',
      first: '?search=list-&per_page=2&page=1',
      last: '?search=list-&per_page=2&page=3',
    })
    const next = links.find((link) => link?.[1] === 'next')?.[0] ?? ''
    expect(idsOf((await ask(next)).body)).toEqual([ids[1], ids[0]])
  })

  test.each([
    ['', 20, 1],
    ['?per_page=100', 100, 1],
    ['?per_page=101', 100, 1],
    ['?per_page=0', 1, 1],
    ['?page=0', 20, 1],
    ['?page=-1', 20, 1],
    ['?page=999999999999999&per_page=100', 100, 999_999_999_999_999],
  ])('%s has pages of %d, and shows the page %d', async (query, size, page) => {
    const { status, headers } = await ask(`projects${query}`)
    expect([status, headers.get('X-Per-Page'), headers.get('X-Page')]).toEqual([200, String(size), String(page)])
  })

  test.each(['?page=two', '?per_page=x', '?page=1&page=2'])('%s is refused', async (query) => {
    expect((await ask(`projects${query}`)).status).toBe(400)
  })

  test('the list of projects tells no total beyond 10,000, and goes on to the last page', async () => {
    const fill = (from: number, to: number) =>
      rows(
        `with recursive n(i) as (select ? union all select i + 1 from n where i < ?)
         insert into projects
           (name, path, full_path, default_branch, emails_enabled, protected_branches, version, created_at, updated_at)
         select 'Mass ' || i, 'mass-' || i, 'mass/mass-' || i, 'main', 1, '[]', 1, 0, 0 from n`,
        from,
        to,
      )
    await fill(1, 10_000)
    const at = await ask('projects?search=mass-&per_page=100')
    expect([at.headers.get('X-Total'), at.headers.get('X-Total-Pages')]).toEqual(['10000', '100'])
    await fill(10_001, 10_050)
    const beyond = await ask('projects?search=mass-&per_page=100')
    expect([beyond.headers.get('X-Total'), beyond.headers.get('X-Total-Pages')]).toEqual([null, null])
    expect(beyond.headers.get('X-Next-Page')).toBe('2')
    expect(beyond.headers.get('Link')).not.toContain('rel="last"')
    const last = await ask('projects?search=mass-&per_page=100&page=101')
    expect([last.body.length, last.headers.get('X-Next-Page')]).toEqual([50, ''])
    await rows("delete from projects where full_path like 'mass/%'")
  })
})

test('the responses to a HEAD are those to a GET, without a body', async () => {
  const { id } = await newProject()
  for (const path of ['projects', `projects/${id}`, `projects/${id}/services`, 'version']) {
    const head = await call(path, { method: 'HEAD' })
    const get = await call(path)
    const headers = (response: Response) =>
      Object.fromEntries([...response.headers].filter(([name]) => !/request-id|bookmark|length/.test(name)))
    expect([head.status, headers(head), await head.text()]).toEqual([get.status, headers(get), ''])
  }
})

test('the largest id is 2³¹−1', async () => {
  const id = 2 ** 31 - 1
  expect(await create({ path: 'largest-id', id })).toMatchObject({ status: 201, body: { id } })
  expect((await ask(`projects/${id}/services`)).body).toEqual([])
})
