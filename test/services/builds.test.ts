import type { operations } from '@octokit/openapi-types'
import { describe, expect, test } from 'vitest'
import { toOccurrence } from '../../src/schema/payload.ts'
import type { Service } from '../../src/schema/service.ts'
import { type HttpStep, judge, type StepResponse } from '../../src/schema/step.ts'
import { buildkite } from '../../src/services/buildkite.ts'
import { droneCi } from '../../src/services/drone-ci.ts'
import { github, statusOf } from '../../src/services/github.ts'
import { jenkins } from '../../src/services/jenkins.ts'
import { packagist } from '../../src/services/packagist.ts'
import { teamcity } from '../../src/services/teamcity.ts'
import { deliver, type Payload, responseOf, type Settings } from '../support/delivery.ts'

const ZEROS = '0'.repeat(40)
const project = {
  name: 'rocket',
  namespace: 'acme',
  path_with_namespace: 'acme/team/rocket',
  web_url: 'https://gitlab.example.com/acme/team/rocket',
}
const push = { object_kind: 'push', ref: 'refs/heads/main', before: 'a1', after: 'b2', total_commits_count: 1, project }
const tag = {
  object_kind: 'tag_push',
  ref: 'refs/tags/v1',
  before: ZEROS,
  after: 'b2',
  total_commits_count: 0,
  project,
}
const opened = {
  object_kind: 'merge_request',
  project,
  object_attributes: { state: 'opened', merge_status: 'unchecked', source_branch: 'x' },
}

const DRONE = { params: { drone_url: 'https://drone.example.com', token: 's1gner' } }
const BUILDKITE = { params: { token: 'hook/token:status', project_url: 'https://buildkite.com/acme/rocket' } }

function stepOf(service: Service, payload: Payload, settings: Settings): HttpStep {
  const [step] = deliver(service, payload, settings).steps
  if (!step || !('method' in step)) throw new Error('no request was sent')
  return step
}

function withHeaders(response: StepResponse, headers: Readonly<Record<string, string>>): StepResponse {
  return { ...response, header: (name) => headers[name.toLowerCase()] ?? null }
}

describe.each([
  ['drone-ci', droneCi, DRONE],
  ['buildkite', buildkite, BUILDKITE],
] as const)('%s', (_, service, settings) => {
  test.each([
    ['a tag that no commit came with is built', tag, undefined],
    ['a removed tag is not built', { ...tag, before: 'a1', after: ZEROS }, 'the tag was removed'],
    ['a removed branch is not built', { ...push, after: ZEROS }, 'the branch was removed'],
    ['a push without commits is not built', { ...push, total_commits_count: 0 }, 'nothing was pushed'],
    ['an open merge request with new commits is built', opened, undefined],
    [
      'a merge request that was checked before is not built again',
      { ...opened, object_attributes: { ...opened.object_attributes, merge_status: 'can_be_merged' } },
      'the merge request has no new commits',
    ],
  ])('%s', (_title, payload, reason) => {
    const run = deliver(service, payload, settings)
    expect(run).toMatchObject({ reason })
    expect(run.steps).toHaveLength(reason ? 0 : 1)
  })
})

test('buildkite encodes the token into one segment of the path', () => {
  expect(stepOf(buildkite, push, BUILDKITE).url).toBe('https://webhook.buildkite.com/deliver/hook%2Ftoken')
})

test('drone-ci names the repository by its namespace and path', () => {
  expect(stepOf(droneCi, push, DRONE).url).toBe(
    'https://drone.example.com/hook?owner=acme%2Fteam&name=rocket&access_token=s1gner',
  )
})

test.each([
  ['ignored', 200, ''],
  ['accepted', 200, [{ id: 7 }]],
  ['accepted', 204, ''],
  ['again', 502, ''],
  ['dead', 404, ''],
])('a response of Drone counts as %s: %i %j', (verdict, status, body) => {
  expect(judge(stepOf(droneCi, push, DRONE), responseOf(status, body))).toMatchObject({ verdict })
})

test('jenkins finds a job in folders, and encodes their names', () => {
  const params = { jenkins_url: 'https://jenkins.example.com/ci/', project_name: 'Team A/rocket?' }
  const step = stepOf(jenkins, push, { params })
  expect(step.url).toBe('https://jenkins.example.com/ci/project/Team%20A/rocket%3F')
  expect(step.auth).toBeUndefined()
  expect(judge(step, responseOf(401))).toMatchObject({
    verdict: 'dead',
    reason: expect.stringContaining('secret token'),
  })
})

test('teamcity escapes the branch and the build type for XML', () => {
  const params = { teamcity_url: 'https://tc.example.com', build_type: 'a&b', username: 'u', password: 'p' }
  const { body } = stepOf(teamcity, { ...push, ref: `refs/heads/"/><x a='1'>` }, { params })
  expect(body).toBe('<build branchName="&quot;/&gt;&lt;x a=&#39;1&#39;&gt;"><buildType id="a&amp;b"/></build>')
})

test('packagist has confirmed an update only when it responds with 202', () => {
  const step = stepOf(packagist, push, { params: { username: 'ada', token: 't', server: 'https://repo.example.com/' } })
  expect(step.url).toBe('https://repo.example.com/api/update-package?username=ada&apiToken=t')
  expect(judge(step, responseOf(202)).verdict).toBe('confirmed')
  expect(judge(step, responseOf(200)).verdict).toBe('accepted')
})

describe('github', () => {
  const pipeline = {
    object_kind: 'pipeline',
    project,
    object_attributes: { id: 31, sha: 'b2', ref: 'main', status: 'success', detailed_status: 'passed' },
  }
  const settings = { params: { token: 'ghp', repository_url: 'https://github.com/acme/rocket' } }

  test('github names a status after the instance that sent the event unless static_context is off', () => {
    expect(JSON.parse(stepOf(github, pipeline, settings).body ?? '')).toMatchObject({
      context: 'ci/gitlab/gitlab.example.com',
    })
  })

  test('github sends nothing for a status that GitHub does not have, or an address without a repository', () => {
    const skipped = {
      ...pipeline,
      object_attributes: { ...pipeline.object_attributes, status: 'waiting_for_resource' },
    }
    expect(deliver(github, skipped, settings)).toMatchObject({ steps: [], reason: expect.stringContaining('no state') })
    const short = { params: { ...settings.params, repository_url: 'https://github.com/acme' } }
    expect(deliver(github, pipeline, short)).toMatchObject({ steps: [], reason: 'repository_url names no repository' })
  })

  test('github waits until GitHub’s rate limit ends, and gives up on any other 403', () => {
    const step = stepOf(github, pipeline, settings)
    const date = 'Thu, 26 Nov 2026 04:00:00 GMT'
    const reset = String(Date.parse(date) / 1000 + 90)
    const limited = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
    expect(judge(step, withHeaders(responseOf(403), limited))).toMatchObject({ verdict: 'wait', retryAfter: 90 })
    expect(judge(step, withHeaders(responseOf(403), { date })).verdict).toBe('dead')
    expect(judge(step, responseOf(201)).verdict).toBe('confirmed')
  })
})

test("GitHub's own types take the commit status of a pipeline", () => {
  type Body = NonNullable<operations['repos/create-commit-status']['requestBody']>['content']['application/json']
  const pipeline = { id: 31, ref: 'main', status: 'failed', detailed_status: 'failed' }
  const occurrence = toOccurrence({ object_kind: 'pipeline', object_attributes: pipeline, project }, '')
  if (occurrence?.kind !== 'pipeline') throw new Error('the event is of another kind')
  const body: Body | undefined = statusOf(occurrence.payload, 'gitlab.example.com')
  expect(body).toEqual({
    state: 'failure',
    context: 'ci/gitlab/gitlab.example.com',
    description: 'Pipeline failed on GitLab',
    target_url: 'https://gitlab.example.com/acme/team/rocket/-/pipelines/31',
  })
})
