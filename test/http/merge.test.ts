import { describe, expect, test } from 'vitest'
import { ask, newPlace, newProject, newSettings } from '../support/api.ts'
import { auditOf, dump, rows } from '../support/database.ts'
import { SLACK } from '../support/fixtures.ts'

const BLANKS = ['', null]

describe('a PUT', () => {
  test('a PUT keeps parameters that it omits', async () => {
    const first = { ...SLACK, username: 'bot', channel: '#a', branches_to_be_notified: 'all', push_events: false }
    const { path, saved } = await newSettings('slack', first)
    const { body } = await ask(path, { json: { channel: '#b' } })
    const properties = { ...saved.properties, channel: '#b' }
    expect(body).toEqual({ ...saved, properties, updated_at: body.updated_at })
    expect((await ask(path)).body).toEqual(body)
  })

  test('a PUT responds 200, whether it creates or edits', async () => {
    const { path } = await newPlace('slack')
    expect([(await ask(path, { json: SLACK })).status, (await ask(path, { json: SLACK })).status]).toEqual([200, 200])
  })

  test('a PUT fills in the defaults when it creates, and never again', async () => {
    const { path, saved } = await newSettings('slack', { ...SLACK, notify_only_broken_pipelines: false })
    expect(saved.properties).toMatchObject({
      notify_only_broken_pipelines: false,
      notify_only_when_pipeline_status_changes: false,
      branches_to_be_notified: 'default',
      labels_to_be_notified_behavior: 'match_any',
      channel: null,
    })
    expect(
      JSON.parse(
        (await rows<{ params: string }>('select params from settings where id = ?', saved.id))[0]?.params ?? '',
      ),
    ).toMatchObject({
      branches_to_be_notified: 'default',
    })
    await ask(path, { json: { branches_to_be_notified: 'all', notify_only_when_pipeline_status_changes: true } })
    expect((await ask(path, { json: { username: 'bot' } })).body.properties).toMatchObject({
      notify_only_broken_pipelines: false,
      notify_only_when_pipeline_status_changes: true,
      branches_to_be_notified: 'all',
    })
  })

  test.each(BLANKS)('a PUT clears with %j: to the default where there is one, else to null', async (blank) => {
    const set = { username: 'bot', notify_only_broken_pipelines: false, branches_to_be_notified: 'all' }
    const off = { push_events: false, deployment_events: true }
    const { path } = await newSettings('slack', { ...SLACK, ...set, ...off })
    const names = [...Object.keys(set), ...Object.keys(off)]
    const { body } = await ask(path, { json: Object.fromEntries(names.map((name) => [name, blank])) })
    expect(body).toMatchObject({
      push_events: true,
      deployment_events: false,
      properties: { username: null, notify_only_broken_pipelines: true, branches_to_be_notified: 'default' },
      secrets: { webhook: { set: true } },
    })
  })

  test('a PUT of a whole state, blanks for all that is unset, is as good as one without them', async () => {
    const one = await newSettings('slack', SLACK)
    const names = [...Object.keys(one.saved.properties), 'push_events', 'deployment_events', 'active']
    const blanks = Object.fromEntries(names.map((name) => [name, '']))
    const { properties, push_events, active } = (await newSettings('slack', { ...blanks, ...SLACK })).saved
    expect({ properties, push_events, active }).toEqual({
      properties: one.saved.properties,
      push_events: true,
      active: true,
    })
  })

  test('a PUT that changes nothing writes nothing', async () => {
    const json = { ...SLACK, username: 'bot', push_events: false, notify_only_default_branch: true }
    const { id, path, saved, etag } = await newSettings('slack', json)
    const before = [await dump('settings'), await auditOf(id)]
    const same = [json, {}, SLACK, { push_events: 'off' }, { channel: '' }, { webhook: ' https://hooks.example.com/1' }]
    for (const sent of [...same, { stray: 1 }, { active: true }, saved, { ...saved.properties }]) {
      for (const method of ['PUT', 'PATCH']) {
        const { status, body, headers } = await ask(path, { method, json: sent })
        expect({ status, body, etag: headers.get('ETag') }).toEqual({ status: 200, body: saved, etag })
      }
    }
    expect([await dump('settings'), await auditOf(id)]).toEqual(before)
  })

  test('a PUT that changes something increments the version', async () => {
    const { path, saved } = await newSettings('slack', SLACK)
    const tags = []
    for (const username of ['a', 'b', 'c']) tags.push((await ask(path, { json: { username } })).headers.get('ETag'))
    expect(tags).toEqual([2, 3, 4].map((version) => `"${saved.id}-${version}"`))
  })
})

describe('`active`', () => {
  test.each([
    ['PUT', undefined, {}, true],
    ['PUT', undefined, { active: false }, false],
    ['PUT', undefined, { active: 'off' }, false],
    ['PUT', undefined, { active: '' }, true],
    ['PUT', false, {}, true],
    ['PUT', false, { active: null }, true],
    ['PUT', false, { active: false }, false],
    ['PUT', true, { active: false }, false],
    ['PUT', true, { active: '1' }, true],
    ['PATCH', false, { username: 'bot' }, false],
    ['PATCH', false, { active: '' }, false],
    ['PATCH', true, { username: 'bot' }, true],
    ['PATCH', true, { active: '' }, true],
    ['PATCH', true, { active: false }, false],
    ['PATCH', false, { active: 'yes' }, true],
  ])('after %s on what was %j, with %j, is %j', async (method, before, sent, after) => {
    const { path, list } = await newPlace('slack')
    if (before !== undefined) await ask(path, { json: { ...SLACK, active: before } })
    const { body } = await ask(path, { method, json: { ...(before === undefined ? SLACK : {}), ...sent } })
    expect(body.active).toBe(after)
    expect((await ask(list)).body).toHaveLength(after ? 1 : 0)
    expect((await ask(path)).body.active).toBe(after)
  })

  test('active=false does not waive required parameters', async () => {
    const { status, body } = await ask((await newPlace('slack')).path, { json: { active: false } })
    expect([status, body.error]).toEqual([400, 'webhook is missing'])
  })
})

describe('a PATCH', () => {
  test('a PATCH never creates a row', async () => {
    const { id, path } = await newPlace('slack')
    const { status, body } = await ask(path, { method: 'PATCH', json: SLACK })
    expect({ status, body }).toEqual({ status: 404, body: { message: '404 Service Not Found' } })
    expect(await rows('select * from settings where project_id = ?', id)).toEqual([])
  })

  test('a PATCH edits as a PUT does', async () => {
    const { path, saved } = await newSettings('slack', { ...SLACK, username: 'bot' })
    const { status, body } = await ask(path, { method: 'PATCH', json: { channel: '#a', username: '' } })
    expect(status).toBe(200)
    expect(body.properties).toEqual({ ...saved.properties, channel: '#a', username: null })
  })
})

describe('a DELETE', () => {
  test('a DELETE responds 204 without a body, and the settings are gone', async () => {
    const { id, path, list } = await newSettings('slack', { ...SLACK, username: 'bot', push_events: false })
    const gone = { status: 404, body: { message: '404 Service Not Found' } }
    const deleted = await ask(path, { method: 'DELETE' })
    expect([deleted.status, deleted.body]).toEqual([204, null])
    expect(await ask(path)).toMatchObject(gone)
    expect(await ask(path, { method: 'DELETE' })).toMatchObject(gone)
    expect(await ask(path, { method: 'PATCH', json: { username: 'bot' } })).toMatchObject(gone)
    expect((await ask(`${list}?active=all`)).body).toEqual([])
    expect(await rows('select * from settings where project_id = ?', id)).toEqual([])
    expect((await ask(path, { json: {} })).body.error).toBe('webhook is missing')
  })

  test('a PUT after a DELETE creates a row with a new id', async () => {
    const { path, saved, etag } = await newSettings('slack', { ...SLACK, username: 'bot', push_events: false })
    await ask(path, { method: 'DELETE' })
    const { body, headers } = await ask(path, { json: SLACK })
    expect(body.id).toBeGreaterThan(saved.id)
    expect(body).toMatchObject({ push_events: true, properties: { username: null } })
    expect(headers.get('ETag')).toBe(`"${body.id}-1"`)
    expect(await ask(path, { method: 'PATCH', headers: { 'If-Match': etag }, json: {} })).toMatchObject({ status: 412 })
  })
})

describe('requirements', () => {
  const JIRA = { url: 'https://jira.example.com', password: 'secret' }

  test.each([
    [{}, 400, 'username is missing'],
    [{ jira_auth_type: 0 }, 400, 'username is missing'],
    [{ jira_auth_type: '' }, 400, 'username is missing'],
    [{ jira_auth_type: 0, username: '' }, 400, undefined],
    [{ jira_auth_type: 1 }, 200, undefined],
    [{ jira_auth_type: '1', username: '' }, 200, undefined],
    [{ username: 'user' }, 200, undefined],
  ])('requirements of Jira with %j: %d', async (sent, status, error) => {
    const response = await ask((await newPlace('jira')).path, { json: { ...JIRA, ...sent } })
    expect([response.status, response.body.error]).toEqual([status, error])
  })

  test('required parameters are checked after the merge', async () => {
    const { path, saved } = await newSettings('jira', { ...JIRA, jira_auth_type: 1 })
    expect((await ask(path, { json: { jira_auth_type: 0 } })).body.error).toBe('username is missing')
    expect((await ask(path)).body).toEqual(saved)
    expect((await ask(path, { json: { jira_auth_type: 0, username: 'user' } })).status).toBe(200)
    expect((await ask(path, { json: { username: null } })).body.errors).toEqual({ username: ["can't be blank"] })
    expect((await ask(path, { json: { username: null, jira_auth_type: 1 } })).status).toBe(200)
  })
})

test('several trackers and wikis may be active side by side', async () => {
  const { list } = await newPlace('jira')
  const urls = {
    issues_url: 'https://t.example.com/:id',
    project_url: 'https://t.example.com',
    new_issue_url: 'https://t.example.com/new',
  }
  const sent = {
    redmine: urls,
    bugzilla: urls,
    youtrack: urls,
    jira: { url: 'https://jira.example.com', username: 'user', password: 'secret' },
    confluence: { confluence_url: 'https://site.atlassian.net/wiki' },
    'external-wiki': { external_wiki_url: 'https://wiki.example.com' },
  }
  for (const [slug, json] of Object.entries(sent)) expect((await ask(`${list}/${slug}`, { json })).status).toBe(200)
  expect((await ask(list)).body.map(({ slug }: { slug: string }) => slug)).toEqual(Object.keys(sent))
})

test.each([
  [false, 200, undefined],
  ['', 200, undefined],
  [null, 200, undefined],
  [true, 400, { message: 'Default integration not found.' }],
  ['1', 400, { message: 'Default integration not found.' }],
  ['maybe', 400, { error: 'use_inherited_settings is invalid', errors: { use_inherited_settings: ['is invalid'] } }],
])('use_inherited_settings = %j responds %d', async (use_inherited_settings, status, error) => {
  for (const path of [(await newPlace('slack')).path, (await newSettings('slack', SLACK)).path]) {
    const response = await ask(path, { json: { ...SLACK, use_inherited_settings } })
    expect(response.status).toBe(status)
    if (error) expect(response.body).toEqual(error)
    else expect(response.headers.get('X-Ignored-Parameters')).toBeNull()
  }
})

describe('the audit trail', () => {
  test('the audit trail tells of each change who made it, and what changed', async () => {
    const { id } = await newProject()
    const path = `projects/${id}/services/jenkins`
    const json = { jenkins_url: 'https://ci.example.com', project_name: 'a', password: 'Hidden-1' }
    const headers = { 'CF-Connecting-IP': '192.0.2.7' }
    const { headers: answered } = await ask(path, { json, headers })
    await ask(path, { method: 'PATCH', json: { project_name: 'b', push_events: false, active: false } })
    await ask(path, { json: { jenkins_url: 'https://ci2.example.com' } })
    await ask(path, { json: { password: 'Hidden-2' } })
    await ask(path, { method: 'DELETE' })

    const [, ...entries] = await auditOf(id)
    expect(entries.map(({ action, subject, changes }) => [action, subject, JSON.parse(changes)])).toEqual([
      [
        'settings.created',
        'jenkins',
        [
          { field: 'active', from: false, to: true },
          { field: 'jenkins_url', from: null, to: 'https://ci.example.com' },
          { field: 'project_name', from: null, to: 'a' },
          { field: 'enable_ssl_verification', from: null, to: true },
          { field: 'password', secret: 'set' },
        ],
      ],
      [
        'settings.updated',
        'jenkins',
        [
          { field: 'active', from: true, to: false },
          { field: 'push_events', from: true, to: false },
          { field: 'project_name', from: 'a', to: 'b' },
        ],
      ],
      [
        'settings.updated',
        'jenkins',
        [
          { field: 'active', from: false, to: true },
          { field: 'jenkins_url', from: 'https://ci.example.com', to: 'https://ci2.example.com' },
          { field: 'password', secret: 'dropped' },
        ],
      ],
      ['settings.updated', 'jenkins', [{ field: 'password', secret: 'set' }]],
      ['settings.deleted', 'jenkins', [{ field: 'password', secret: 'dropped' }]],
    ])
    expect(entries[0]).toMatchObject({
      actor_kind: 'instance',
      actor_id: 1,
      actor_name: 'Instance',
      address: '192.0.2.7',
      request_id: answered.get('X-Request-Id'),
    })
  })

  test('the audit trail holds no query of a URL, where credentials hide', async () => {
    const { id, path } = await newSettings('external-wiki', {
      external_wiki_url: 'https://wiki.example.com/?key=Query-Key',
    })
    await ask(path, { json: { external_wiki_url: 'https://wiki.example.com/?a=1' } })
    const text = JSON.stringify(await auditOf(id))
    expect(text).toContain('https://wiki.example.com/?***')
    expect(text).not.toContain('Query-Key')
  })
})
