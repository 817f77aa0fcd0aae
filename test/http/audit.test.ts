import { describe, expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'
import { rows } from '../support/database.ts'

const SECRET = 'https://hooks.example.com/audited-secret'

describe('the audit trail', () => {
  test('the audit trail shows who changed which fields from what to what, and of secrets only that they changed', async () => {
    const { id } = await newProject()
    const { id: tokenId, token } = await newToken(id, { name: 'deployer' })
    const path = `projects/${id}/services/slack`
    await ask(path, { token, json: { webhook: SECRET, username: 'one' } })
    const edited = await ask(path, { token, json: { username: 'two', push_events: false, webhook: `${SECRET}/2` } })
    await ask(path, { token, method: 'DELETE' })

    const { body } = await ask(`projects/${id}/audit_events`, { token })
    expect(body.map((entry: { event_name: string }) => entry.event_name)).toEqual([
      'settings.deleted',
      'settings.updated',
      'settings.created',
      'token.created',
      'project.created',
    ])
    expect(body[1]).toEqual({
      id: expect.any(Number),
      author_id: tokenId + 1,
      entity_id: id,
      entity_type: 'Project',
      event_name: 'settings.updated',
      details: {
        author_name: 'deployer',
        author_kind: 'token',
        target_type: 'settings',
        target_id: 'slack',
        target_details: 'slack',
        ip_address: null,
        request_id: edited.headers.get('X-Request-Id'),
        changes: [
          { field: 'push_events', from: true, to: false },
          { field: 'username', from: 'one', to: 'two' },
          { field: 'webhook', secret: 'set' },
        ],
      },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(JSON.stringify(body)).not.toContain(SECRET)
  })

  test('the audit trail blanks credentials in the user info and the query of a URL', async () => {
    const { id } = await newProject()
    const json = { recipients: 'irc://irc.example.com/a?key=hidden-key', default_irc_uri: 'irc://irc.example.com/' }
    await ask(`projects/${id}/services/irker`, { json })
    const { body } = await ask(`projects/${id}/audit_events?slug=irker`)
    expect(body[0].details.changes).toContainEqual({
      field: 'recipients',
      from: null,
      to: 'irc://irc.example.com/a?***',
    })
  })

  test.each([
    ['irker', { recipients: 'irc://irc.example.net/a #chan?key=PW' }],
    ['irker', { recipients: 'irc://irc.example.net/a #chan?PW' }],
    ['external-wiki', { external_wiki_url: 'https://wiki.example.com/#token=PW' }],
    ['slack', { webhook: SECRET, channel: 'https://user:PW@example.com/,https://x.example/?PW' }],
  ])('the audit trail holds no credential of %s: %j; neither does a plan', async (slug, json) => {
    const { id } = await newProject()
    const list = `projects/${id}/services`
    const plan = await ask(list, { method: 'PUT', json: { services: { [slug]: json }, dry_run: true } })
    expect([plan.status, JSON.stringify(plan.body)]).toEqual([200, expect.not.stringContaining('PW')])
    expect((await ask(`${list}/${slug}`, { json })).status).toBe(200)
    expect((await ask(`${list}/${slug}`, { method: 'DELETE' })).status).toBe(204)
    const { body } = await ask(`projects/${id}/audit_events`)
    expect(JSON.stringify(body)).not.toContain('PW')
  })

  test('the audit trail keeps 1,024 characters of a value, and its length', async () => {
    const { id } = await newProject()
    const long = { recipients: `irc://irc.example.net/a ${'b'.repeat(65_000)}` }
    await ask(`projects/${id}/services/irker`, { json: long })
    await ask(`projects/${id}/services`, { method: 'PUT', json: { services: {}, prune: true } })
    const { body } = await ask(`projects/${id}/audit_events?slug=irker`)
    for (const { details } of body) {
      const change = details.changes.find(({ field }: { field: string }) => field === 'recipients')
      const shown = change.to ?? change.from
      expect(shown).toBe(`${long.recipients.slice(0, 1024)}… (65024 characters)`)
    }
  })

  test('the audit trail comes in pages of bounded size: past it, entries name their fields only', async () => {
    const { id } = await newProject()
    const changes = JSON.stringify(
      Array.from({ length: 40 }, (_, n) => ({ field: `f${n}`, from: 'a'.repeat(1024), to: 'b'.repeat(1024) })),
    )
    await rows(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 100)
       insert into audit (project_id, action, subject, actor_kind, actor_id, actor_name, request_id, write_id, changes, created_at)
       select ?, 'settings.updated', 'slack', 'instance', 1, 'seed', 'r', ? || i, ?, 1 from n`,
      id,
      crypto.randomUUID(),
      changes,
    )
    const { body } = await ask(`projects/${id}/audit_events?per_page=100`)
    expect(body).toHaveLength(100)
    expect(JSON.stringify(body).length).toBeLessThan(1_500_000)
    expect(body[0].details.changes).toEqual(JSON.parse(changes))
    const { changes: last, values_omitted } = body[99].details
    expect([values_omitted, last.length, last[0]]).toEqual([true, 40, { field: 'f0' }])
    expect((await ask(`projects/${id}/audit_events?per_page=1&page=100`)).body[0].details.changes).toEqual(
      JSON.parse(changes),
    )
  })

  test('the audit trail comes in pages, and past the last one is empty, not missing', async () => {
    const { id } = await newProject()
    for (const username of ['a', 'b', 'c']) {
      await ask(`projects/${id}/services/slack`, { json: { webhook: SECRET, username } })
    }
    const first = await ask(`projects/${id}/audit_events?per_page=2`)
    const second = await ask(`projects/${id}/audit_events?per_page=2&page=2`)
    expect([first.body.length, first.headers.get('X-Next-Page')]).toEqual([2, '2'])
    expect([second.body.length, second.headers.get('X-Next-Page')]).toEqual([2, ''])
    expect(await ask(`projects/${id}/audit_events?per_page=2&page=9`)).toMatchObject({ status: 200, body: [] })
  })

  test('the audit trail can be asked by slug and by time', async () => {
    const { id } = await newProject()
    await ask(`projects/${id}/services/slack`, { json: { webhook: SECRET } })
    const asked = async (query: string) => (await ask(`projects/${id}/audit_events?${query}`)).body.length
    expect(await asked('slug=slack')).toBe(1)
    expect(await asked('slug=jira')).toBe(0)
    expect(await asked('created_after=2020-01-01')).toBe(2)
    expect(await asked('created_before=2020-01-01')).toBe(0)
    expect((await ask(`projects/${id}/audit_events?created_after=yesterday`)).body).toEqual({
      error: 'created_after is invalid',
      errors: { created_after: ['is invalid'] },
    })
  })

  test('the audit trail of all projects is for the instance token, and outlives a project', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id)
    expect((await ask('audit_events', { token })).status).toBe(403)
    await ask(`projects/${id}`, { method: 'DELETE' })
    const { body } = await ask('audit_events?per_page=1')
    expect(body[0]).toMatchObject({ event_name: 'project.deleted', entity_id: id })
    expect((await ask(`projects/${id}/audit_events`)).status).toBe(404)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'POST'])('the audit trail cannot be changed by %s', async (method) => {
    const { id } = await newProject()
    const { body } = await ask(`projects/${id}/audit_events`)
    for (const path of [`projects/${id}/audit_events`, `projects/${id}/audit_events/${body[0].id}`, 'audit_events']) {
      expect(await ask(path, { method, json: {} })).toMatchObject({ status: 404, body: { error: '404 Not Found' } })
    }
  })
})
