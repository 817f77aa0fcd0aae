import { describe, expect, test } from 'vitest'
import { type HttpStep, judge, type StepResponse } from '../../src/schema/step.ts'
import { keyFinder } from '../../src/services/jira/keys.ts'
import { jira } from '../../src/services/jira.ts'
import { deliver, headersOf, type Payload, responseOf, type Settings } from '../support/delivery.ts'

const PARAMS = { url: 'https://jira.example.com', username: 'bot', password: 'pw' }
const API = 'https://jira.example.com/rest/api/2/issue'
const project = {
  name: 'Rocket',
  namespace: 'Acme',
  web_url: 'https://gitlab.example.com/acme/rocket',
  default_branch: 'main',
}
const user = { name: 'Ada', username: 'ada' }

function pushOf(message: string, branch = 'main'): Payload {
  const commits = [{ id: 'c3', message, title: message.split('\n')[0], url: `${project.web_url}/-/commit/c3` }]
  return {
    object_kind: 'push',
    ref: `refs/heads/${branch}`,
    before: 'a1',
    after: 'b2',
    project,
    commits,
    user_name: user.name,
    user_username: user.username,
  }
}

function mergeRequestOf(attributes: object, changes: object = {}): Payload {
  const base = {
    iid: 7,
    action: 'open',
    title: 'x',
    description: '',
    source_branch: 'topic',
    target_branch: 'main',
    last_commit: { id: 'c3' },
  }
  return { object_kind: 'merge_request', project, user, changes, object_attributes: { ...base, ...attributes } }
}

/** Runs Jira against a server with one issue, ROCK-1, that a transition resolves. */
function run(
  payload: Payload,
  settings: Settings = {},
  { comments = [] as string[], links = [] as object[], closes = true } = {},
) {
  let isResolved = false
  const respond = (step: unknown): StepResponse => {
    const { method, url } = step as HttpStep
    if (!url.startsWith(`${API}/ROCK-1`)) return responseOf(404)
    if (url.endsWith('/remotelink') && method === 'GET') return responseOf(200, links)
    if (url.endsWith('/transitions') && method === 'GET')
      return responseOf(200, {
        transitions: [
          { id: '5', to: { statusCategory: { key: 'new' } } },
          { id: '9', to: { statusCategory: { key: 'done' } } },
        ],
      })
    if (url.endsWith('/transitions')) {
      isResolved = closes
      return responseOf(closes ? 204 : 400)
    }
    const fields = {
      resolution: isResolved ? { name: 'Done' } : null,
      comment: { comments: comments.map((body) => ({ body })) },
    }
    return responseOf(method === 'GET' ? 200 : 201, { fields })
  }
  const { steps, reason } = deliver(jira, payload, { ...settings, params: { ...PARAMS, ...settings.params } }, respond)
  const requests = steps.map((step) => step as HttpStep)
  return { reason, requests, calls: requests.map(({ method, url }) => `${method} ${url.slice(API.length)}`) }
}

describe('jira', () => {
  test('comments once: not if the issue has the comment, nor if it has a link to the commit', () => {
    const payload = pushOf('ROCK-1 tune', 'topic')
    const first = run(payload)
    expect(first.calls).toEqual([
      'GET /ROCK-1',
      'GET /ROCK-1/remotelink',
      'POST /ROCK-1/comment',
      'POST /ROCK-1/remotelink',
    ])
    const { body } = JSON.parse(first.requests[2]?.body ?? '') as { body: string }
    expect(run(payload, {}, { comments: [body] }).calls).toEqual(['GET /ROCK-1'])
    const links = [{ id: 4, object: { url: `${project.web_url}/-/commit/c3` } }]
    expect(run(payload, {}, { links }).calls).toEqual([
      'GET /ROCK-1',
      'GET /ROCK-1/remotelink',
      'PUT /ROCK-1/remotelink/4',
    ])
  })

  test('jira links without a comment if comment_on_event_enabled is off', () => {
    const { calls } = run(pushOf('ROCK-1 tune', 'topic'), { flags: { comment_on_event_enabled: false } })
    expect(calls).toEqual(['GET /ROCK-1', 'GET /ROCK-1/remotelink', 'POST /ROCK-1/remotelink'])
  })

  test('closes an issue on the default branch only, and does not mention it besides', () => {
    const settings = { params: { jira_issue_transition_id: '31' } }
    expect(run(pushOf('Fixes ROCK-1'), settings).calls).toEqual([
      'GET /ROCK-1',
      'POST /ROCK-1/transitions',
      'GET /ROCK-1',
      'GET /ROCK-1/remotelink',
      'POST /ROCK-1/comment',
      'POST /ROCK-1/remotelink',
    ])
    expect(run(pushOf('Fixes ROCK-1', 'topic'), settings).calls).not.toContain('POST /ROCK-1/transitions')
  })

  test('closes an issue even if commit_events is off', () => {
    const settings = { params: { jira_issue_transition_id: '31' }, flags: { commit_events: false } }
    expect(run(pushOf('Fixes ROCK-1'), settings).calls).toContain('POST /ROCK-1/transitions')
  })

  test('jira finds the transition into a status of the category Done by itself if it is automatic', () => {
    const { requests } = run(pushOf('Fixes ROCK-1'), { params: { jira_issue_transition_automatic: true } })
    expect(requests[2]).toMatchObject({ method: 'POST', body: '{"transition":{"id":"9"}}' })
  })

  test('comments on no issue that a refused transition left open, and goes on with the other issues', () => {
    const settings = { params: { jira_issue_transition_id: '31' } }
    const { calls, reason } = run(pushOf('Fixes ROCK-1. Fixes ROCK-2'), settings, { closes: false })
    expect(calls).toEqual(['GET /ROCK-1', 'POST /ROCK-1/transitions', 'GET /ROCK-2'])
    expect(reason).toBeUndefined()
  })

  test('closes the issues of a merged merge request, naming its last commit', () => {
    const payload = mergeRequestOf({ action: 'merge', title: 'Closes ROCK-1' })
    const { requests } = run(payload, { params: { jira_issue_transition_id: '31' } })
    expect(requests[4]?.body).toContain(`Issue solved with [c3|${project.web_url}/-/commit/c3].`)
  })

  test('mentions only what an update of a merge request adds', () => {
    const update = (previous: string, current: string) =>
      mergeRequestOf({ action: 'update' }, { title: { previous, current } })
    expect(run(update('x', 'ROCK-1')).calls[0]).toBe('GET /ROCK-1')
    expect(run(update('ROCK-1', 'ROCK-1 y')).calls).toEqual([])
    expect(run(mergeRequestOf({ action: 'update', title: 'ROCK-1' })).calls).toEqual([])
  })

  test('jira sends a personal access token as a Bearer token, without a user name or a cookie', () => {
    const [step] = run(pushOf('ROCK-1'), { params: { jira_auth_type: 1, username: null } }).requests
    expect(step && headersOf(step)).toEqual({ Authorization: 'Bearer pw' })
  })

  test('jira says that tokens of Jira Cloud expire if the credentials are refused', () => {
    const [step] = run(pushOf('ROCK-1')).requests
    expect(step && judge(step, responseOf(401))).toMatchObject({
      verdict: 'dead',
      reason: expect.stringContaining('expire'),
    })
  })

  test('jira makes no macro, mention, link or image of what users write', () => {
    const { requests } = run(pushOf('ROCK-1 {quote}[~admin] [x|http://evil] !http://evil/x.png!', 'topic'))
    const { body } = JSON.parse(requests[2]?.body ?? '') as { body: string }
    expect(body).toContain('ROCK-1 \\{quote\\}\\[\\~admin\\] \\[x\\|http://evil\\] \\!http://evil/x.png\\!')
  })

  test('jira asks for the server and for the user when it is tested', () => {
    const steps = [...(jira.probe?.({ ...PARAMS, jira_auth_type: 0 }, {} as never) ?? [])] as HttpStep[]
    expect(steps.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET https://jira.example.com/rest/api/2/serverInfo',
      'GET https://jira.example.com/rest/api/2/myself',
    ])
  })
})

describe('keys of Jira issues', () => {
  const none = { jira_issue_regex: null, jira_issue_prefix: null }

  test.each([
    ['each key once', none, 'ROCK-1, ROCK-2 and ROCK-1 again', ['ROCK-1', 'ROCK-2']],
    ['no CVE number', none, 'CVE-2026-1234 and CVE-7', ['CVE-7']],
    ['no part of a word', none, 'xROCK-1 rock-2', []],
    ['keys behind the prefix alone', { ...none, jira_issue_prefix: 'JIRA#' }, 'ROCK-1 JIRA#ROCK-2', ['ROCK-2']],
    [
      'keys of the expression alone',
      { ...none, jira_issue_regex: 'ROCK-\\d{2}' },
      'ROCK-1 ROCK-22 SHIP-33',
      ['ROCK-22'],
    ],
  ])('keys of Jira issues are found: %s', (_, settings, text, keys) => {
    expect(keyFinder(settings)?.mentioned(text)).toEqual(keys)
  })

  test.each(['Closes ROCK-1, ROCK-2', 'fix: ROCK-1', 'Resolved issue ROCK-1', 'implementing ROCK-1'])(
    'keys of Jira issues are closed by %j',
    (text) => {
      expect(keyFinder(none)?.closed(text)).toEqual(['ROCK-1'])
    },
  )

  test('an expression that RE2 does not accept is named as the reason why nothing is sent', () => {
    const { calls, reason } = run(pushOf('ROCK-1'), { params: { jira_issue_regex: '(?=ROCK)' } })
    expect({ calls, reason }).toEqual({ calls: [], reason: expect.stringContaining('jira_issue_regex') })
  })
})
