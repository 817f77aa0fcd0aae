import { describe, expect, test } from 'vitest'
import { mattermostReply, slackReply } from '../../src/services/chat/reply.ts'

const both = [
  ['Slack', slackReply],
  ['Mattermost', mattermostReply],
] as const

/** Text that pages somebody, or makes a link that nobody meant, in one of the two. */
const HOSTILE = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<!subteam^S1|@ops>',
  '<@U1>',
  '<#C1>',
  '<<!channel>>',
  '<https://good.example.com|<!channel>>',
  '<javascript:alert(1)|x>',
  '<file:///etc/passwd>',
  '[x](javascript:alert(1))',
  '[<!channel>](https://good.example.com)',
  '<!chan\u0000nel>',
  '<\u202E!channel>',
]

describe.each(both)('a reply in %s', (name, reply) => {
  test('has nothing but its type, its text and its attachments', () => {
    const body = {
      ...{ response_type: 'in_channel', text: 'Done', attachments: [{ text: 'Logs' }] },
      ...{
        status: 500,
        blocks: [{}],
        username: 'admin',
        icon_url: 'x',
        channel: '#other',
        goto_location: 'http://evil',
      },
      ...{
        replace_original: true,
        delete_original: true,
        response_action: 'x',
        props: {},
        extra_responses: [{ text: 'x' }],
      },
    }
    expect(reply(body)).toEqual({ response_type: 'in_channel', text: 'Done', attachments: [{ text: 'Logs' }] })
  })

  test('is for the user alone unless it says in_channel', () => {
    for (const response_type of [undefined, 'ephemeral', 'IN_CHANNEL', 'comment', 7, ['in_channel']])
      expect(reply({ response_type, text: 'x' })?.response_type).toBe('ephemeral')
  })

  test('is nothing if it has neither text nor attachments', () => {
    const nothing = [null, 7, 'text', [], {}, { text: '' }, { text: 7 }, { text: '\u0000' }, { attachments: 'x' }]
    for (const body of [...nothing, { attachments: [] }, { attachments: ['x', null, 7, []] }])
      expect(reply(body)).toBeUndefined()
  })

  test.each(HOSTILE)('pages nobody by %j, in any of its texts', (text) => {
    const attachment = {
      ...{ fallback: text, pretext: text, author_name: text, title: text, text, footer: text },
      fields: [{ title: text, value: text, short: true }],
    }
    const shown = JSON.stringify(reply({ text, attachments: [attachment] }))
    expect(shown).not.toMatch(/<[!@#]|<(?!https:\/\/good\.example\.com)/)
    for (const hidden of ['\\u0000', '\u202E']) expect(shown).not.toContain(hidden)
    if (name === 'Mattermost') expect(shown).not.toMatch(/\]\(|@\w/)
  })

  test('keeps links to the web, and turns those of Markdown into the chat’s', () => {
    const text =
      'See <https://ci.example.com/1|build 1>, <https://ci.example.com/2> and [build 3](https://ci.example.com/3).'
    expect(reply({ text })?.text).toBe(
      'See <https://ci.example.com/1|build 1>, <https://ci.example.com/2> and <https://ci.example.com/3|build 3>.',
    )
  })

  test('keeps of an attachment texts, links to the web, a colour and fields, and no buttons', () => {
    const attachment = {
      ...{
        title: 'Build 1',
        title_link: 'https://ci.example.com/1',
        image_url: 'javascript:alert(1)',
        color: 'good',
        ts: 7,
      },
      ...{ fields: [{ title: 'Branch', value: 'main', short: 'yes' }, 'x'], thumb_url: 'data:image/png;base64,AA' },
      ...{ actions: [{ type: 'button' }], callback_id: 'x', blocks: [], mrkdwn_in: ['text'], author_link: '//evil' },
    }
    expect(reply({ attachments: [attachment] })?.attachments).toEqual([
      {
        ...{ title: 'Build 1', title_link: 'https://ci.example.com/1', color: 'good', ts: 7 },
        fields: [{ title: 'Branch', value: 'main', short: false }],
      },
    ])
    expect(reply({ text: 'x', attachments: [{ color: 'red; x', ts: '7' }] })?.attachments).toEqual([{}])
  })

  test('is bounded, and whole characters stay whole', () => {
    const much = reply({
      text: `${'a'.repeat(11_999)}😀`,
      attachments: Array.from({ length: 99 }, () => ({ text: 'x' })),
    })
    expect(much?.attachments).toHaveLength(20)
    expect(much?.text?.length).toBe(12_000)
    expect(much?.text?.isWellFormed()).toBe(true)
    for (const text of ['<https://a|'.repeat(6000), '[a]('.repeat(16_000), '['.repeat(64_000), '<http://'.repeat(8000)])
      expect(reply({ text })?.text).not.toContain('<')
  })
})

test('words after @ page nobody in Mattermost', () => {
  expect(mattermostReply({ text: '@channel @all @here ada@example.com' })?.text).not.toMatch(/@\w/)
})
