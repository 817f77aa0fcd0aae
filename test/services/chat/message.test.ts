import { describe, expect, test } from 'vitest'
import type { FlagName } from '../../../src/schema/events.ts'
import type { Values } from '../../../src/schema/service.ts'
import { discord } from '../../../src/services/discord.ts'
import { pumble } from '../../../src/services/pumble.ts'
import { slack } from '../../../src/services/slack.ts'
import { deliver, type Payload, responseOf } from '../../support/delivery.ts'
import recorded from '../vectors/events.json'

const BASE: Values = {
  webhook: 'https://chat.example.com/1',
  branches_to_be_notified: 'all',
  notify_only_broken_pipelines: false,
}

type Name = keyof typeof recorded.events

/** The recorded event with other values in it. */
function event(name: Name, own: Payload = {}, rest: Payload = {}): Payload {
  const recordedEvent: Payload = { ...recorded.shared, ...recorded.events[name] }
  const attributes = recordedEvent.object_attributes as Payload | undefined
  return { ...recordedEvent, ...rest, ...(attributes && { object_attributes: { ...attributes, ...own } }) }
}

/** Returns the message for Pumble: the summary, with addresses cut to their path. */
function summary(payload: Payload, params: Values = {}): string {
  const { steps, reason } = deliver(pumble, payload, { params: { ...BASE, ...params } })
  const [step] = steps
  if (!step || !('body' in step)) return `nothing: ${reason}`
  return (JSON.parse(step.body ?? '') as { text: string }).text.replaceAll(
    'https://gitlab.example.com/acme/rocket',
    'W',
  )
}

/** Returns the message for Slack. */
function posts(payload: Payload, params: Values = {}, flags: Partial<Record<FlagName, boolean>> = {}) {
  const { steps } = deliver(slack, payload, { params: { ...BASE, ...params }, flags }, () => responseOf(200, 'ok'))
  return steps.map(
    (step) => JSON.parse(new URLSearchParams('body' in step ? step.body : '').get('payload') ?? '') as Post,
  )
}

interface Post {
  channel?: string
  attachments: { color: string; fields?: { title: string; value: string }[] }[]
}

describe('the summary', () => {
  test.each<[string, Payload, string]>([
    [
      'a removed branch',
      event('push-removed-feature-x'),
      'Ada Lovelace removed branch feature-x from <W|Acme / Rocket>',
    ],
    [
      'a closed issue',
      event('issue-open', { action: 'close', state: 'closed' }),
      '[<W|Acme / Rocket>] Issue <W/-/issues/12|#12 Engine stalls> closed by Ada Lovelace (ada)',
    ],
    [
      'an approval',
      event('merge-request-open', { action: 'approval' }),
      'Ada Lovelace (ada) added their approval to merge request <W/-/merge_requests/7|!7 *Add igniter*> in <W|Acme / Rocket>',
    ],
    [
      'a comment on a merge request',
      event('note-issue', { noteable_type: 'MergeRequest' }, { merge_request: { iid: 7, title: 'Add igniter' } }),
      'Ada Lovelace (ada) <W/-/issues/12#note_1241|commented on merge request !7> in <W|Acme / Rocket>: *Add igniter*',
    ],
    [
      'a comment on a snippet',
      event('note-issue', { noteable_type: 'Snippet' }, { snippet: { id: 53, title: 'Ignition' } }),
      'Ada Lovelace (ada) <W/-/issues/12#note_1241|commented on snippet $53> in <W|Acme / Rocket>: *Ignition*',
    ],
    [
      'a comment on something new',
      event('note-issue', { noteable_type: 'Epic' }),
      'Ada Lovelace (ada) <W/-/issues/12#note_1241|commented on epic> in <W|Acme / Rocket>',
    ],
    [
      'a deleted wiki page',
      event('wiki-page-create', { action: 'delete' }),
      'Ada Lovelace (ada) deleted wiki page in <W|Acme / Rocket>: *Launch checklist*',
    ],
    [
      'a pipeline with warnings, run by nobody',
      event('pipeline-success', { detailed_status: 'passed with warnings' }, { user: null }),
      '<W|Rocket>: Pipeline <W/-/pipelines/31|#31> of branch <W/-/commits/master|master> by API has passed with warnings in 02:00:10',
    ],
  ])('announces %s', (_, payload, text) => {
    expect(summary(payload)).toBe(text)
  })

  const ada = { id: 1, name: 'Ada', username: 'ada' }
  const bob = { id: 2, name: 'Bob', username: 'bob' }
  const eve = { id: 3, name: 'Eve', username: 'eve' }
  test.each<[string, unknown[], unknown[], string]>([
    ['new reviewers', [ada], [ada, bob, eve], 'requested a review from Bob (bob) and Eve (eve) of'],
    ['three of them', [], [ada, bob, eve], 'requested a review from Ada (ada), Bob (bob), and Eve (eve) of'],
    ['one who is asked again', [ada], [{ ...ada, re_requested: true }], 'requested a review from Ada (ada) of'],
    ['new ones rather than removed ones', [ada], [bob], 'requested a review from Bob (bob) of'],
    ['a removed one', [ada, bob], [ada], 'removed Bob (bob) as reviewer from'],
    ['removed ones', [ada, bob, eve], [ada], 'removed Bob (bob) and Eve (eve) as reviewers from'],
    ['the removal of all', [ada, bob], [], 'removed all reviewers from'],
  ])('the summary names %s', (_, previous, current, text) => {
    const payload = event('merge-request-update', {}, { changes: { reviewers: { previous, current } } })
    expect(summary(payload)).toContain(`Ada Lovelace (ada) ${text} merge request <`)
  })

  test('encodes a branch in the address, and shows it as it is', () => {
    const payload = { ...event('push-created-feature-x'), ref: 'refs/heads/a/b#1 (x)' }
    expect(summary(payload)).toContain('<W/-/commits/a/b%231%20%28x%29|a/b#1 (x)>')
  })
})

describe('a pipeline', () => {
  const builds = Array.from({ length: 12 }, (_, at) => ({
    id: at,
    name: `job-${at}`,
    stage: `s${at % 2}`,
    status: 'failed',
  }))

  test('a pipeline lists its ten last failed jobs, and says how many more there are', () => {
    const [post] = posts(event('pipeline-failed', {}, { builds }))
    const fields = post?.attachments[0]?.fields ?? []
    expect(fields.map(({ title }) => title)).toEqual(['Branch', 'Commit', 'Failed stages', 'Failed jobs'])
    const jobs = fields[3]?.value ?? ''
    expect(jobs).toMatch(/^<[^>]*jobs\/11\|job-11>, .*jobs\/2\|job-2>, and <[^>]*failures\|2 more>$/)
  })

  test('a pipeline lists a job that failed twice once', () => {
    const twice = [builds[0], { ...builds[0], id: 99 }]
    const [post] = posts(event('pipeline-failed', {}, { builds: twice }))
    expect(post?.attachments[0]?.fields?.[3]?.value).toMatch(/^<[^>]*jobs\/99\|job-0>$/)
  })
})

describe('branches_to_be_notified', () => {
  const deployment = (ref?: string) => ({ ...event('deployment-success'), ref })
  const on = { deployment_events: true }

  test('branches_to_be_notified applies to deployments of a branch', () => {
    const params = { branches_to_be_notified: 'default' }
    expect(posts(deployment('feature-x'), params, on)).toHaveLength(0)
    expect(posts(deployment('master'), params, on)).toHaveLength(1)
    expect(posts(deployment(), params, on)).toHaveLength(1)
  })

  test('branches_to_be_notified leaves issues, merge requests and comments alone', () => {
    const names = ['issue-open', 'merge-request-open', 'note-issue', 'wiki-page-create'] as const
    for (const name of names) expect(posts(event(name), { branches_to_be_notified: 'protected' })).toHaveLength(1)
  })
})

describe('the status of a pipeline', () => {
  test.each([
    ['failed', 'broken', true],
    ['failed', 'still_failing', false],
    ['success', 'fixed', true],
    ['success', 'success', false],
    ['failed', undefined, false],
  ])('%s, with the change %s, is announced on changes only: %s', (status, ref_status_name, isAnnounced) => {
    const payload = event('pipeline-success', { status, ref_status_name })
    expect(posts(payload, { notify_only_when_pipeline_status_changes: true })).toHaveLength(isAnnounced ? 1 : 0)
  })

  test('the status of a pipeline says so when the event does not tell changes', () => {
    const text = summary(event('pipeline-success'), { notify_only_when_pipeline_status_changes: true })
    expect(text).toMatch(/does not say whether the status changed/)
  })

  test('other than success and failure is never announced', () => {
    for (const status of ['running', 'canceled', 'skipped', 'manual', '']) {
      expect(posts(event('pipeline-success', { status }))).toHaveLength(0)
    }
  })
})

describe('labels_to_be_notified', () => {
  const labels = [{ title: 'ops' }, { title: 'bug' }]
  test.each<[string, string, boolean]>([
    ['~ops', 'match_any', true],
    ['~backend, ops', 'match_any', true],
    ['ops,~bug', 'match_all', true],
    ['ops,backend', 'match_all', false],
    ['backend', 'match_any', false],
    [' , ', 'match_all', true],
  ])('%s with %s announces an event with ops and bug: %s', (wanted, behavior, isAnnounced) => {
    const params = { labels_to_be_notified: wanted, labels_to_be_notified_behavior: behavior }
    const events = [
      event('issue-open', {}, { labels }),
      event('merge-request-open', { labels }),
      event('note-issue', {}, { issue: { iid: 1, title: 'x', labels } }),
      event('work-item-task-open', {}, { labels }),
    ]
    for (const payload of events) expect(posts(payload, params)).toHaveLength(isAnnounced ? 1 : 0)
  })

  test('labels_to_be_notified leaves pushes alone', () => {
    expect(posts(event('push-changed-master'), { labels_to_be_notified: 'ops' })).toHaveLength(1)
  })
})

describe('channels', () => {
  const channelsOf = (name: Name, params: Values, flags = {}) =>
    posts(event(name), params, flags).map(({ channel }) => channel)

  test('channels of a confidential event fall back to those of the plain one, then to the general one', () => {
    const all = { channel: 'general', issue_channel: 'issues', confidential_issue_channel: 'secret' }
    expect(channelsOf('issue-confidential-open', all)).toEqual(['secret'])
    expect(channelsOf('issue-confidential-open', { ...all, confidential_issue_channel: null })).toEqual(['issues'])
    expect(channelsOf('issue-confidential-open', { channel: 'general' })).toEqual(['general'])
    expect(channelsOf('issue-confidential-open', {})).toEqual([undefined])
    expect(channelsOf('issue-open', all)).toEqual(['issues'])
  })

  test('channels of work items are those of issues', () => {
    expect(channelsOf('work-item-task-open', { issue_channel: 'issues', channel: 'general' })).toEqual(['issues'])
  })

  test('channels are trimmed, each one once, ten at most', () => {
    expect(channelsOf('push-changed-master', { push_channel: ' a,b , a,, c' })).toEqual(['a', 'b', 'c'])
    const many = Array.from({ length: 12 }, (_, at) => `c${at}`).join()
    expect(channelsOf('push-changed-master', { channel: many })).toHaveLength(10)
  })

  test('channels of Discord are other webhooks', () => {
    const params = { ...BASE, issue_channel: 'https://discord.com/api/webhooks/2/x' }
    const urls = (name: Name) =>
      deliver(discord, event(name), { params }).steps.map((step) => ('url' in step ? step.url : ''))
    expect(urls('issue-confidential-open')).toEqual(['https://discord.com/api/webhooks/2/x'])
    expect(urls('push-changed-master')).toEqual(['https://chat.example.com/1'])
  })
})

describe('a work item', () => {
  test('a work item is announced by its own flag too', () => {
    const payload = event('work-item-task-open')
    expect(posts(payload, {}, { issues_events: false })).toHaveLength(0)
    expect(posts(payload, {}, { issues_events: false, work_item_events: true })).toHaveLength(1)
  })

  test('a work item that is confidential needs a confidential flag', () => {
    const payload = event('work-item-task-open', { confidential: true })
    const off = { confidential_issues_events: false }
    expect(posts(payload, {}, { ...off, issues_events: true, work_item_events: true })).toHaveLength(0)
    expect(posts(payload, {}, { ...off, confidential_work_item_events: true })).toHaveLength(1)
  })
})
