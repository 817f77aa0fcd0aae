import { describe, expect, test } from 'vitest'
import { ask, newSettings } from '../support/api.ts'

const BASE = {
  irker: { recipients: 'irc://irc.example.net/room' },
  jira: { url: 'https://jira.example.com', username: 'user', password: 'secret' },
  slack: { webhook: 'https://hooks.example.com/1' },
  'emails-on-push': { recipients: 'someone@example.com' },
}

const INVALID = Symbol('400 is invalid')

const words = (texts: string) => texts.split(' ')

/** Values sent and values saved (docs/gitlab.md#coercion). */
const COERCION: [slug: keyof typeof BASE, parameter: string, sent: readonly unknown[], saved: unknown][] = [
  ['irker', 'colorize_messages', [true, 1, ...words('1 t T true True TRUE y Y yes Yes YES on On ON')], true],
  ['irker', 'colorize_messages', [false, 0, ...words('0 f F false False FALSE n N no No NO off Off OFF')], false],
  ['irker', 'colorize_messages', ['', null], null],
  ['irker', 'colorize_messages', [2, -1, 0.5, 'banana', 'tRUE', ' true', 'oN', [], [true], {}, '2'], INVALID],

  ['irker', 'server_port', [6659, '6659', ' 6659', '6659 ', 6659.5, 6659.999, '+6659', '06659'], 6659],
  ['irker', 'server_port', [-1, '-1', -1.5], -1],
  ['irker', 'server_port', [0, '0', 0.5, -0.5], 0],
  ['irker', 'server_port', [4_294_967_296, '4294967296'], 4_294_967_296],
  ['irker', 'server_port', ['', null], null],
  ['irker', 'server_port', ['abc', '6.5', '6x', '6 5', '0x10', '1e3', true, false, [6], {}, '--6'], INVALID],

  ['slack', 'username', ['text'], 'text'],
  ['slack', 'username', [5], '5'],
  ['slack', 'username', [6.5], '6.5'],
  ['slack', 'username', [-0.25], '-0.25'],
  ['slack', 'username', [true], 'true'],
  ['slack', 'username', [false], 'false'],
  ['slack', 'username', [' spaced '], ' spaced '],
  ['slack', 'username', ['𝒳 – ünïcödé'], '𝒳 – ünïcödé'],
  ['slack', 'username', ['', null], null],
  ['slack', 'username', [[], ['text'], {}, { a: 1 }], INVALID],

  ['jira', 'project_keys', [['A', 'B']], ['A', 'B']],
  ['jira', 'project_keys', [[1, true]], ['1', 'true']],
  ['jira', 'project_keys', [null, []], []],
  ['jira', 'project_keys', ['A', 1, true, {}, [['A']], [{}], [null]], INVALID],

  ['jira', 'jira_auth_type', [1, '1', ' 1', 1.9], 1],
  ['jira', 'jira_auth_type', ['', null], 0],
  ['jira', 'jira_auth_type', [true, 'one', [1], {}], INVALID],
  ['jira', 'jira_issue_transition_id', [2], '2'],
  ['jira', 'jira_issue_transition_id', ['2,3'], '2,3'],

  ['slack', 'branches_to_be_notified', ['protected'], 'protected'],
  ['slack', 'branches_to_be_notified', ['', null], 'default'],
  ['slack', 'branches_to_be_notified', [[], ['all'], {}], INVALID],
  ['slack', 'labels_to_be_notified_behavior', ['match_all'], 'match_all'],
  ['slack', 'labels_to_be_notified_behavior', ['', null], 'match_any'],

  ['emails-on-push', 'recipients', ['a@b.example\r\n\tc@d.example '], 'a@b.example\r\n\tc@d.example '],
  ['emails-on-push', 'branches_to_be_notified', ['', null], 'all'],
]

const cases = COERCION.flatMap(([slug, parameter, sent, saved]) =>
  sent.map((value) => ({ slug, parameter, value, shown: JSON.stringify(value), saved })),
)

describe('a value that is sent', () => {
  test.each(cases.filter(({ saved }) => saved !== INVALID))(
    '$slug: $parameter = $shown is read as clients mean it',
    async ({ slug, parameter, value, saved }) => {
      const { path } = await newSettings(slug, { ...BASE[slug], [parameter]: value })
      expect((await ask(path)).body.properties[parameter]).toEqual(saved)
    },
  )

  test.each(cases.filter(({ saved }) => saved === INVALID))(
    '$slug: $parameter = $shown is not of its type',
    async ({ slug, parameter, value }) => {
      const { path, saved } = await newSettings(slug, BASE[slug])
      const { status, body } = await ask(path, { json: { [parameter]: value } })
      const expected = { error: `${parameter} is invalid`, errors: { [parameter]: ['is invalid'] } }
      expect({ status, body }).toEqual({ status: 400, body: expected })
      expect((await ask(path)).body).toEqual(saved)
    },
  )

  test.each([
    ['slack', 'push_events', [false, 'off', 'FALSE', 0, '0'], false],
    ['slack', 'deployment_events', [true, 'on', 'Yes', 1, '1'], true],
    ['slack', 'deployment_events', ['', null], false],
    ['slack', 'push_events', ['', null], true],
    ['jira', 'comment_on_event_enabled', ['no'], false],
  ] as const)('%s.%s may be any of %j', async (slug, flag, sent, saved) => {
    const { path } = await newSettings(slug, BASE[slug])
    for (const value of sent) {
      await ask(path, { json: { [flag]: !saved } })
      expect((await ask(path, { json: { [flag]: value } })).body[flag]).toBe(saved)
    }
  })

  test.each(['banana', 2, 'no way', [], {}])('an event flag and `active` cannot be %j', async (value) => {
    const { path, saved } = await newSettings('slack', BASE.slack)
    const { status, body } = await ask(path, { json: { push_events: value, active: value } })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'push_events is invalid, active is invalid' })
    expect((await ask(path)).body).toEqual(saved)
  })
})

describe('a rule of a value', () => {
  test.each([
    ['slack', { branches_to_be_notified: 'some' }, 'is not included in the list'],
    ['slack', { branches_to_be_notified: 'All' }, 'is not included in the list'],
    ['slack', { labels_to_be_notified_behavior: 'any' }, 'is not included in the list'],
    ['jira', { jira_auth_type: 2 }, 'is not included in the list'],
    ['jira', { jira_issue_transition_id: 'none' }, 'must contain a number'],
    ['irker', { recipients: 'room other' }, 'are all invalid'],
    ['irker', { recipients: 'https://example.com/room' }, 'are all invalid'],
    ['irker', { default_irc_uri: 'https://example.com' }, 'is blocked: Only allowed schemes are irc, ircs'],
    ['slack', { webhook: 'no address' }, 'must be a valid URL'],
    ['slack', { webhook: 'hooks.example.com/1' }, 'must be a valid URL'],
    ['slack', { webhook: 'https://' }, 'must be a valid URL'],
    ['slack', { webhook: '//example.com' }, 'must be a valid URL'],
    ['slack', { webhook: 'javascript:alert(1)' }, 'must be a valid URL'],
    ['slack', { webhook: 'ftp://example.com' }, 'is blocked: Only allowed schemes are http, https'],
    ['slack', { webhook: 'file://example.com/etc' }, 'is blocked: Only allowed schemes are http, https'],
    ['slack', { username: 'half \ud800' }, 'is not valid Unicode'],
  ] as const)('%s refuses %j: %s', async (slug, sent, text) => {
    const { path, saved } = await newSettings(slug, BASE[slug])
    const [name = ''] = Object.keys(sent)
    const { status, body } = await ask(path, { json: sent })
    const { allowed, ...rest } = body
    const expected = { message: `400 Bad Request - ${name} ${text}`, errors: { [name]: [text] } }
    expect({ status, body: rest }).toEqual({ status: 400, body: expected })
    expect(Object.keys(allowed ?? {})).toEqual(text === 'is not included in the list' ? [name] : [])
    expect((await ask(path)).body).toEqual(saved)
  })

  test.each([
    ['https://example.com/wiki', 400],
    ['https://atlassian.net/wiki', 400],
    ['https://atlassian.net.example.com/wiki', 400],
    ['https://notatlassian.net/wiki', 400],
    ['https://site.atlassian.net/', 400],
    ['https://site.atlassian.net@example.com/wiki', 400],
    ['https://site.atlassian.net/wiki/spaces', 200],
    ['https://SITE.atlassian.NET/wiki', 200],
  ])('a Confluence workspace at %s is answered %d', async (confluence_url, status) => {
    const { path } = await newSettings('confluence', { confluence_url: 'https://site.atlassian.net/wiki' })
    expect((await ask(path, { json: { confluence_url } })).status).toBe(status)
  })

  test.each([
    [{ recipients: 'room', default_irc_uri: 'irc://irc.example.net/' }, 200],
    [{ recipients: 'ircs://irc.example.net/room nonsense' }, 200],
    [{ recipients: 'room' }, 400],
  ])('irker with %j is answered %d', async (json, status) => {
    const { path } = await newSettings('irker', BASE.irker)
    expect((await ask(path, { json })).status).toBe(status)
  })

  test.each(['priority', 'sound'])('the %s of Pushover is shown as a choice, and not enforced', async (name) => {
    const { path } = await newSettings('pushover', { api_key: 'a', user_key: 'b', priority: '0' })
    expect((await ask(path, { json: { [name]: 'of my own' } })).body.properties[name]).toBe('of my own')
  })
})

describe('text', () => {
  test('text is kept as it is sent', async () => {
    const json = { ...BASE.slack, channel: '  #a , "b" \\u0041 <c> %20 é e\u0301 ' }
    const { saved } = await newSettings('slack', json)
    expect(saved.properties.channel).toBe(json.channel)
  })

  test('text of a URL is kept as it is sent, not as a parser would write it', async () => {
    const external_wiki_url = 'HTTPS://Wiki.Example.COM:443/a/../b?x=1#ü'
    expect((await newSettings('external-wiki', { external_wiki_url })).saved.properties).toEqual({ external_wiki_url })
  })

  test.each([
    ['https://jira.example.com/', 'https://jira.example.com'],
    ['https://jira.example.com/jira/ ', 'https://jira.example.com/jira'],
    ['https://jira.example.com', 'https://jira.example.com'],
  ])('text of Jira’s address %j loses its final slash', async (url, kept) => {
    const { path, saved } = await newSettings('jira', { ...BASE.jira, url })
    expect(saved.properties.url).toBe(kept)
    expect((await ask(path, { json: { url: `${kept}/`, username: 'other' } })).body.secrets.password.set).toBe(true)
  })

  test('text of white space clears an optional URL, as nothing would', async () => {
    const { path } = await newSettings('irker', { ...BASE.irker, default_irc_uri: 'irc://irc.example.net/' })
    expect((await ask(path, { json: { default_irc_uri: ' \n ' } })).body.properties.default_irc_uri).toBeNull()
  })
})

describe('notify_only_default_branch', () => {
  test.each([
    [{ notify_only_default_branch: true }, 'default'],
    [{ notify_only_default_branch: 'no' }, 'all'],
    [{ notify_only_default_branch: false, branches_to_be_notified: 'protected' }, 'protected'],
    [{ notify_only_default_branch: false, branches_to_be_notified: '' }, 'all'],
    [{ notify_only_default_branch: false, branches_to_be_notified: null }, 'all'],
    [{ notify_only_default_branch: '' }, 'default'],
    [{}, 'default'],
  ])('%j means %s', async (sent, branches) => {
    const { saved } = await newSettings('slack', { ...BASE.slack, ...sent })
    const { branches_to_be_notified, notify_only_default_branch } = saved.properties
    expect([branches_to_be_notified, notify_only_default_branch]).toEqual([branches, branches === 'default'])
  })

  test('notify_only_default_branch leaves the branches alone where it is blank', async () => {
    const { path } = await newSettings('slack', { ...BASE.slack, branches_to_be_notified: 'protected' })
    const { body } = await ask(path, { json: { notify_only_default_branch: '' } })
    expect(body.properties.branches_to_be_notified).toBe('protected')
  })
})
