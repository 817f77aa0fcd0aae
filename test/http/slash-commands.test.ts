import { beforeEach, describe, expect, test, vi } from 'vitest'
import { signatureHeaders } from '../../src/crypto/webhook-signature.ts'
import { ask, type Call, newPlace, newSettings } from '../support/api.ts'
import { rows } from '../support/database.ts'
import { stubReceivers } from '../support/deliveries.ts'

const TOKEN = 'token-of-the-chat-server'
const TOOL = 'https://tool.example.com/commands/secret-path'
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NOT_FOUND = { status: 404, body: { message: '404 Service Not Found' } }
const KINDS = ['slack', 'mattermost'] as const
const CONNECTED = { COMMAND_URL: TOOL, COMMAND_SECRET: SECRET }

const receivers = stubReceivers()
beforeEach(() => {
  receivers.respond = () => Response.json({ response_type: 'in_channel', text: 'Deploying' })
})

async function newChat(kind: (typeof KINDS)[number] = 'slack') {
  const { id, path, list } = await newSettings(`${kind}-slash-commands`, { token: TOKEN })
  return { id, path, list, trigger: `${list}/${kind}_slash_commands/trigger` }
}

function type(trigger: string, text: string | undefined, fields: Record<string, string> = {}, env: Call['env'] = {}) {
  const form = { token: TOKEN, command: '/patchbay', ...(text !== undefined && { text }), ...fields }
  return ask(trigger, { method: 'POST', token: null, form, env })
}

describe.each(KINDS)('a command of %s', (kind) => {
  test.each([undefined, '', '  ', 'help', 'HELP', ' help deploy'])(
    '%j shows a help text to the user alone',
    async (text) => {
      const { trigger } = await newChat(kind)
      for (const env of [{}, CONNECTED]) {
        const { status, body } = await type(trigger, text, {}, env)
        expect({ status, body }).toMatchObject({ status: 200, body: { response_type: 'ephemeral', status: 200 } })
        expect(body.text).toContain('`/patchbay help`')
      }
      expect(receivers.requests).toEqual([])
    },
  )

  test('says that nothing is connected if there is no COMMAND_URL', async () => {
    const { trigger } = await newChat(kind)
    for (const text of ['banana', 'issue new Boom', 'deploy a to b']) {
      const { body } = await type(trigger, text)
      expect(body).toMatchObject({ response_type: 'ephemeral', text: expect.stringMatching(/^No tool is connected/) })
      expect(body.text).toContain('`/patchbay help`')
    }
  })

  test('goes to the tool as JSON, signed, and its reply comes back', async () => {
    const { id, trigger } = await newChat(kind)
    const fields = {
      ...{ team_id: 'T1', team_domain: 'acme', channel_id: 'C1', channel_name: 'ops', user_id: 'U1', user_name: 'ada' },
      ...{ response_url: 'https://hooks.example.com/reply', trigger_id: 't-1' },
    }
    const { status, body } = await type(trigger, ' deploy "a" to <b>\n', fields, CONNECTED)
    expect({ status, body }).toEqual({
      status: 200,
      body: { response_type: 'in_channel', text: 'Deploying', status: 200 },
    })
    const { body: project } = await ask(`projects/${id}`)
    const [request] = receivers.requests
    if (!request) throw new Error('nothing was sent')
    expect({ url: request.url, method: request.method, type: request.headers.get('Content-Type') }).toEqual({
      ...{ url: TOOL, method: 'POST', type: 'application/json' },
    })
    expect(JSON.parse(request.body)).toEqual({
      project: { id, name: project.name, path_with_namespace: project.path_with_namespace },
      service: `${kind}-slash-commands`,
      team: { id: 'T1', domain: 'acme' },
      channel: { id: 'C1', name: 'ops' },
      user: { id: 'U1', name: 'ada' },
      command: '/patchbay',
      text: ' deploy "a" to <b>\n',
    })
    const [messageId, timestamp] = ['webhook-id', 'webhook-timestamp'].map((name) => request.headers.get(name) ?? '')
    const signed = { id: messageId ?? '', timestamp: Number(timestamp), body: request.body }
    expect(Object.fromEntries(request.headers)).toMatchObject(await signatureHeaders(SECRET, signed))
    expect(request.body).not.toContain(TOKEN)
  })

  test('shows a help text if the tool responds 404', async () => {
    receivers.respond = () => new Response('<!channel>', { status: 404 })
    const { trigger } = await newChat(kind)
    const { body } = await type(trigger, 'banana', {}, CONNECTED)
    expect(body.text).toMatch(/^The connected tool does not know this command[^<]*`\/patchbay help`/)
  })

  test.each<[string, () => Response | Promise<Response>]>([
    ['fails', () => new Response('<!channel> secret-path', { status: 500 })],
    ['sends no JSON', () => new Response('<!channel>')],
    ['hangs', () => Promise.reject(new DOMException('', 'TimeoutError'))],
    ['is gone', () => Promise.reject(new Error('Network connection lost'))],
    [
      'redirects elsewhere',
      () => new Response(null, { status: 307, headers: { Location: 'https://evil.example.com' } }),
    ],
    ['sends more than 64 KiB', () => Response.json({ text: 'a'.repeat(70_000) })],
  ])('says that it was not confirmed if the tool %s, and nothing of the response', async (_, respond) => {
    receivers.respond = respond
    const { trigger } = await newChat(kind)
    const { status, body } = await type(trigger, 'deploy', {}, CONNECTED)
    const text = 'The connected tool did not confirm the command. It may have run all the same.'
    expect({ status, body }).toEqual({ status: 200, body: { response_type: 'ephemeral', text, status: 200 } })
    expect(receivers.requests).toHaveLength(1)
  })

  test('says that the tool said nothing if its reply is empty', async () => {
    for (const respond of [() => new Response(null, { status: 204 }), () => Response.json({ text: '' })]) {
      receivers.respond = respond
      const { trigger } = await newChat(kind)
      expect((await type(trigger, 'deploy', {}, CONNECTED)).body.text).toMatch(/said nothing/)
    }
  })

  test('repeats of the chat only a plain name of the command, however hostile the rest', async () => {
    const hostile = [
      '<!channel>',
      '@everyone',
      '[x](http://evil.example.com)',
      '`/x` <@U1>',
      '/a b',
      `/${'a'.repeat(33)}`,
    ]
    const { trigger } = await newChat(kind)
    for (const command of hostile) {
      for (const text of ['help', ...hostile]) {
        const { body } = await type(trigger, text, { command, user_name: command, channel_name: command })
        expect(body.text).toContain('`/command help`')
        for (const word of hostile) expect(body.text).not.toContain(word)
      }
    }
  })
})

describe('a token', () => {
  test('a token that is wrong, of inactive or missing settings, or for no project gets one and the same 404', async () => {
    const { path, trigger } = await newChat()
    const wrong = ['', 'x', `${TOKEN}x`, TOKEN.slice(1), TOKEN.toUpperCase(), ` ${TOKEN}`]
    for (const token of wrong) expect(await type(trigger, 'help', { token })).toMatchObject(NOT_FOUND)
    const other = await newPlace('slack')
    const places = [`${other.list}/slack_slash_commands/trigger`, trigger.replace('slack_', 'mattermost_')]
    for (const id of ['0', '999999999', '99999999999999999999', 'nowhere', 'tests%2Fnowhere', '%00', '-1'])
      places.push(`projects/${id}/services/slack_slash_commands/trigger`)
    for (const place of places) {
      const { status, body } = await type(place, 'help')
      expect({ place, status, body }).toEqual({ place, ...NOT_FOUND })
      // Nobody is told either that empty tokens are those of settings without one.
      expect((await type(place, 'help', { token: '' })).body).toEqual(NOT_FOUND.body)
    }
    await ask(path, { method: 'PATCH', json: { active: false } })
    const { status, body } = await type(trigger, 'help')
    expect({ status, body }).toEqual(NOT_FOUND)
  })

  test('a token that does not open any more gets the 404 too', async () => {
    const { id, trigger } = await newChat()
    await rows("update settings set secrets = 'v1.k1.AAAA.AAAA' where project_id = ?", id)
    const { status, body } = await type(trigger, 'help')
    expect({ status, body }).toEqual(NOT_FOUND)
  })

  test('a token that is missing is 400, and one in the query is missing', async () => {
    const { trigger } = await newChat()
    const missing = { status: 400, body: { error: 'token is missing' } }
    for (const place of [trigger, `${trigger}?token=${TOKEN}`]) {
      expect(await ask(place, { method: 'POST', token: null, form: { text: 'help' } })).toMatchObject(missing)
      expect(await ask(place, { method: 'POST', token: null })).toMatchObject(missing)
    }
    const list = await ask(trigger, { method: 'POST', token: null, body: new URLSearchParams([['token[]', TOKEN]]) })
    expect(list).toMatchObject({ status: 400, body: { error: 'token is invalid' } })
  })

  test('a token is enough: an API token is not read, and does not help', async () => {
    const { trigger } = await newChat()
    const sent = { method: 'POST', form: { token: TOKEN, text: 'help' } }
    for (const token of ['pbt_unknown', null]) expect((await ask(trigger, { ...sent, token })).status).toBe(200)
    const { status, body } = await ask(trigger, { method: 'POST', form: { token: 'wrong' } })
    expect({ status, body }).toEqual(NOT_FOUND)
  })

  test('a token is counted against the address, right or wrong, before the database is asked', async () => {
    const { trigger } = await newChat()
    const keys: string[] = []
    const limit = async ({ key }: { key: string }) => ({ success: keys.push(key) <= 2 })
    const statuses: number[] = []
    for (const token of ['wrong', TOKEN, 'wrong', TOKEN]) {
      const form = { token, text: 'help' }
      const headers = { 'CF-Connecting-IP': '192.0.2.7' }
      const sent = { method: 'POST', token: null, form, headers, env: { RATE_LIMIT: { limit } } }
      statuses.push((await ask(trigger, sent)).status)
    }
    expect(statuses).toEqual([404, 200, 429, 429])
    expect(new Set(keys)).toEqual(new Set(['address/192.0.2.7']))
  })
})

test('the route is there at the bare path, as /integrations and by the path of the project, and nowhere else', async () => {
  const { id, list, trigger } = await newChat()
  const { body: project } = await ask(`projects/${id}`)
  const byPath = trigger.replace(String(id), encodeURIComponent(project.path_with_namespace))
  for (const place of [`/${trigger}`, trigger.replace('services', 'integrations'), byPath, `${trigger}/`])
    expect((await type(place, 'help')).status).toBe(200)
  const noRoute = { status: 404, body: { error: '404 Not Found' } }
  for (const slug of ['slack-slash-commands', 'slack', 'jira_slash_commands', 'Slack_slash_commands'])
    expect(await type(`${list}/${slug}/trigger`, 'help')).toMatchObject(noRoute)
  expect(await ask(trigger, { token: null })).toMatchObject(noRoute)
  // Elsewhere the spelling with underscores is no service.
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
    expect(await ask(`${list}/slack_slash_commands`, { method })).toMatchObject(NOT_FOUND)
})

test('a COMMAND_SECRET of another form sends nothing, and one that is unset leaves the request unsigned', async () => {
  const { trigger } = await newChat()
  const { body } = await type(trigger, 'deploy', {}, { COMMAND_URL: TOOL, COMMAND_SECRET: 'not-a-secret' })
  expect(body.text).toMatch(/did not confirm/)
  expect(receivers.requests).toEqual([])
  await type(trigger, 'deploy', {}, { COMMAND_URL: TOOL })
  expect(receivers.requests.map(({ headers }) => headers.has('webhook-signature'))).toEqual([false])
})

test('the tool has 2.5 seconds, since a chat server waits for three', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout')
  const { trigger } = await newChat()
  await type(trigger, 'deploy', {}, CONNECTED)
  expect(timeout.mock.calls).toEqual([[2500]])
  timeout.mockRestore()
})
