import { describe, expect, test } from 'vitest'
import { contextOf } from '../../src/schema/context.ts'
import {
  changeOf,
  firstLine,
  headerOf,
  isConfidential,
  type Kind,
  kindOf,
  type Occurrence,
  type PayloadOf,
  type Pushed,
  type RefChange,
  refName,
  shortSha,
  titleOf,
  toOccurrence,
} from '../../src/schema/payload.ts'
import type { Payload } from '../support/delivery.ts'

const PROJECT = { name: 'Rocket', namespace: 'Acme', web_url: 'https://gitlab.example.com/acme/rocket' }

describe('the kind of an event', () => {
  test('the kind of an event is object_kind, else event_name, else the header', () => {
    expect(kindOf({ object_kind: 'push', event_name: 'other' }, 'Note Hook')).toBe('push')
    expect(kindOf({ event_name: 'subgroup_create' })).toBe('subgroup')
    expect(kindOf({ event_name: 'project_destroy' })).toBe('project')
    expect(kindOf({ event_name: 'user_add_to_group' })).toBe('member')
    expect(kindOf({}, 'Merge Request Hook')).toBe('merge_request')
    expect(kindOf({}, 'Confidential Issue Hook')).toBe('issue')
    expect(kindOf({}, 'Job Hook')).toBe('build')
    expect(kindOf({ object_kind: 7 })).toBeUndefined()
  })

  test('the kind of an event may be one that no service acts on', () => {
    expect(kindOf({ object_kind: 'toString' })).toBe('toString')
    expect(toOccurrence({ object_kind: 'toString' }, '{}')).toBeUndefined()
    expect(toOccurrence({ object_kind: 'milestone' }, '{}')).toBeUndefined()
  })

  test.each([
    ['push', 'Push Hook'],
    ['merge_request', 'Merge Request Hook'],
    ['build', 'Job Hook'],
    ['work_item', 'Issue Hook'],
    ['access_token', 'Resource Access Token Hook'],
  ])('%s is %s in X-Gitlab-Event', (kind, header) => {
    expect(headerOf(kind)).toBe(header)
  })
})

describe('an event', () => {
  const confidential = [
    { event_type: 'confidential_issue' },
    { object_attributes: { confidential: true } },
    { object_attributes: { internal: true } },
    { issue: { confidential: true } },
  ]

  test.each(confidential.map((part) => [JSON.stringify(part), part] as const))(
    'an event is confidential by %s',
    (_, part) => {
      expect(isConfidential(part)).toBe(true)
    },
  )

  test.each<[Kind, string[], string[]]>([
    ['push', ['push'], ['push']],
    ['issue', ['issues'], ['confidential_issues']],
    ['incident', ['incident'], ['confidential_issues']],
    ['work_item', ['issues', 'work_item'], ['confidential_issues', 'confidential_work_item']],
    ['note', ['note'], ['confidential_note']],
    ['merge_request', ['merge_requests'], ['merge_requests']],
    ['build', ['job', 'build'], ['job', 'build']],
  ])('an event of kind %s subscribes %j, and %j instead if it is confidential', (kind, plain, hidden) => {
    const events = (body: Payload) => toOccurrence({ object_kind: kind, ...body }, '')?.events
    expect(events({})).toEqual(plain)
    expect(events({ object_attributes: { confidential: true } })).toEqual(hidden)
  })

  const odd: unknown[] = [undefined, null, 7, 'text', [], [null], {}, { commits: [null, 7, { author: 7 }] }]
  const kinds: Kind[] = [
    'push',
    'tag_push',
    'issue',
    'incident',
    'work_item',
    'merge_request',
    'note',
    'wiki_page',
    'pipeline',
    'build',
    'deployment',
    'alert',
    'vulnerability',
    'archive_trace',
    'project',
    'subgroup',
  ]

  test.each(kinds)('an event of kind %s is read whatever its fields are', (kind) => {
    const empty = toOccurrence({ object_kind: kind }, '')
    expect(empty?.kind).toBe(kind)
    for (const value of odd) {
      const names = ['project', 'user', 'labels', 'object_attributes', 'commits', 'commit', 'builds', 'changes', 'ref']
      const body = Object.fromEntries(names.map((name) => [name, value]))
      expect(toOccurrence({ ...body, object_kind: kind }, '')?.payload.project.name).toBe('')
    }
  })

  test('an event takes numbers for text, and digits for numbers, but null for neither', () => {
    const read = toOccurrence({ object_kind: 'issue', object_attributes: { title: 7, iid: '12', url: null } }, '')
    expect(read?.kind === 'issue' && read.payload.object_attributes).toMatchObject({ title: '7', iid: 12, url: '' })
  })

  test('an event has the reviewers of a change as an object or as a pair', () => {
    const reviewers = (value: unknown): PayloadOf<'merge_request'>['changes']['reviewers'] | undefined => {
      const read = toOccurrence({ object_kind: 'merge_request', changes: { reviewers: value } }, '')
      return read?.kind === 'merge_request' ? read.payload.changes.reviewers : undefined
    }
    const ada = { id: 1, name: 'Ada', username: 'ada', re_requested: false }
    expect(reviewers({ previous: [], current: [ada] })).toEqual({ previous: [], current: [ada] })
    expect(reviewers([[ada], []])).toEqual({ previous: [ada], current: [] })
    expect(reviewers(7)).toEqual({ previous: [], current: [] })
  })
})

describe('a push', () => {
  const zeros = '0'.repeat(40)
  test.each<[string, string, RefChange]>([
    [zeros, 'b2', 'created'],
    ['a1', zeros, 'removed'],
    ['a1', 'b2', 'changed'],
  ])('a push from %s to %s has %s its ref', (before, after, change) => {
    expect(changeOf({ before, after } as Pushed)).toBe(change)
  })

  test('a push names refs, commits and titles shortly', () => {
    expect([refName('refs/heads/a/b'), refName('refs/tags/v1'), refName('main')]).toEqual(['a/b', 'v1', 'main'])
    expect(shortSha('c3c3c3c3c3c3')).toBe('c3c3c3c3')
    expect(titleOf({ title: '', message: 'One\r\ntwo' })).toBe('One')
    expect(firstLine('One\rtwo')).toBe('One')
  })
})

describe('the context of a delivery', () => {
  const known = { name: 'known', fullName: 'Known / known', protectedBranches: [], emailsEnabled: true }
  const own = { isOn: () => true, idempotencyKey: '1', acceptedAt: new Date(0) }
  const occurrence = (body: Payload) => toOccurrence({ object_kind: 'push', ...body }, '') as Occurrence

  test("the context of a delivery takes the project's names from the event, else from what is known", () => {
    expect(contextOf(occurrence({ project: PROJECT }), known, own)).toMatchObject({
      projectName: 'Rocket',
      projectFullName: 'Acme / Rocket',
      instance: 'https://gitlab.example.com',
    })
    expect(contextOf(occurrence({}), known, own)).toMatchObject({
      projectName: 'known',
      projectFullName: 'Known / known',
      instance: '',
    })
  })

  test.each<[string, string, boolean]>([
    ['main', 'main', true],
    ['main', 'main2', false],
    ['release-*', 'release-9', true],
    ['release-*', 'a-release-9', false],
    ['*', '', true],
    ['*-stable', '9-stable', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
  ])('the context of a delivery compares the pattern %s with the branch %s: %s', (pattern, branch, isProtected) => {
    const context = contextOf(occurrence({}), { ...known, protectedBranches: [pattern] }, own)
    expect(context.isProtected(branch)).toBe(isProtected)
  })

  test("believes the event's word on protection more than patterns", () => {
    const patterns = { ...known, protectedBranches: ['*'] }
    expect(contextOf(occurrence({ ref_protected: false }), patterns, own).isProtected('main')).toBe(false)
    const pipeline = { object_kind: 'pipeline', object_attributes: { protected_ref: true } }
    expect(contextOf(occurrence(pipeline), known, own).isProtected('main')).toBe(true)
  })
})
