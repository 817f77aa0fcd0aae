import { describe, expect, test } from 'vitest'
import { ask, newProject, newToken } from '../support/api.ts'

const SECRET = 'https://hooks.example.com/audited-secret'

describe('the audit trail', () => {
  test('tells who changed which fields from what to what, and of secrets only that they changed', async () => {
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
      author_id: tokenId,
      entity_id: id,
      entity_type: 'Project',
      event_name: 'settings.updated',
      details: {
        author_name: 'deployer',
        target_type: 'settings',
        target_id: 'slack',
        target_details: 'slack',
        ip_address: null,
        request_id: edited.headers.get('X-Request-Id'),
        changes: [
          { field: 'push_events', from: true, to: false },
          { field: 'username', from: 'one', to: 'two' },
          { field: 'webhook' },
        ],
      },
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    expect(JSON.stringify(body)).not.toContain(SECRET)
  })

  test('blanks credentials in the user info and the query of a URL', async () => {
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

  test('comes in pages, and past the last one is empty, not missing', async () => {
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

  test('can be asked by slug and by time', async () => {
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

  test('of all projects is for the instance token, and outlives a project', async () => {
    const { id } = await newProject()
    const { token } = await newToken(id)
    expect((await ask('audit_events', { token })).status).toBe(403)
    await ask(`projects/${id}`, { method: 'DELETE' })
    const { body } = await ask('audit_events?per_page=1')
    expect(body[0]).toMatchObject({ event_name: 'project.deleted', entity_id: id })
    expect((await ask(`projects/${id}/audit_events`)).status).toBe(404)
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'POST'])('cannot be changed by %s', async (method) => {
    const { id } = await newProject()
    const { body } = await ask(`projects/${id}/audit_events`)
    for (const path of [`projects/${id}/audit_events`, `projects/${id}/audit_events/${body[0].id}`, 'audit_events']) {
      expect(await ask(path, { method, json: {} })).toMatchObject({ status: 404, body: { error: '404 Not Found' } })
    }
  })
})
