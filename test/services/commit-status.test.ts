import { describe, expect, test } from 'vitest'
import type { CommitStatusRequest } from '../../src/schema/commit-status.ts'
import type { Values } from '../../src/schema/service.ts'
import { services } from '../../src/services/registry.ts'
import { paramsOf, responseOf } from '../support/delivery.ts'

const SHA = 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7'
const COMMIT = { sha: SHA, ref: 'feature/a b', project: 'acme/sub/rocket' }

const SETTINGS: Record<string, Values> = {
  bamboo: { bamboo_url: 'https://ci.example.com/bamboo/', build_key: 'ROC-KET', username: 'ada', password: 'secret' },
  buildkite: { token: 'hook:reads', project_url: 'https://buildkite.com/acme/rocket' },
  'drone-ci': { drone_url: 'https://drone.example.com/', token: 'to&ken' },
  teamcity: { teamcity_url: 'https://tc.example.com', build_type: 'bt 1', username: 'ada', password: 'secret' },
  'mock-ci': { mock_service_url: 'http://localhost:4004' },
  'jenkins-deprecated': { project_url: 'https://ci.example.com/job/rocket/' },
}

function requestOf(slug: string, sent: Values = {}, commit: Partial<typeof COMMIT> | { ref: null } = {}) {
  const service = services.find((known) => known.slug === slug)
  if (!service?.commitStatus) throw new Error(`${slug} has no status`)
  return service.commitStatus({ ...COMMIT, ...commit }, paramsOf(service, { ...SETTINGS[slug], ...sent }))
}

function asked(slug: string, sent?: Values, commit?: Partial<typeof COMMIT> | { ref: null }): CommitStatusRequest {
  const request = requestOf(slug, sent, commit)
  if (typeof request === 'string') throw new Error(request)
  return request
}

test('six services know the status of a commit', () => {
  const known = services.filter(({ commitStatus }) => commitStatus).map(({ slug }) => slug)
  expect(known.toSorted()).toEqual(Object.keys(SETTINGS).toSorted())
})

test.each<[string, string, object]>([
  [
    'bamboo',
    `https://ci.example.com/bamboo/rest/api/latest/result/byChangeset/${SHA}?os_authType=basic`,
    { auth: { basic: ['ada', 'secret'] }, headers: { Accept: 'application/json' } },
  ],
  ['buildkite', `https://gitlab.buildkite.com/status/reads.json?commit=${SHA}`, {}],
  [
    'drone-ci',
    `https://drone.example.com/gitlab/acme/sub/rocket/commits/${SHA}?branch=feature%2Fa+b&access_token=to%26ken`,
    {},
  ],
  [
    'teamcity',
    `https://tc.example.com/httpAuth/app/rest/builds/branch:unspecified:any,revision:${SHA}`,
    { auth: { basic: ['ada', 'secret'] }, headers: { Accept: 'application/json' } },
  ],
  ['mock-ci', `http://localhost:4004/acme/sub/rocket/status/${SHA}.json`, {}],
  ['jenkins-deprecated', `https://ci.example.com/job/rocket/scm/bySHA1/${SHA}`, {}],
])('%s is asked by GET %s', (slug, url, rest) => {
  expect(asked(slug).step).toEqual({ method: 'GET', url, ...rest })
})

test('Drone is asked without a branch if the ref is not known', () => {
  const { step } = asked('drone-ci', {}, { ref: null })
  expect(step.url).toBe(`https://drone.example.com/gitlab/acme/sub/rocket/commits/${SHA}?access_token=to%26ken`)
})

test('a token of Buildkite without its second part cannot be used', () => {
  for (const token of ['hook', 'hook:']) expect(requestOf('buildkite', { token })).toMatch(/no second part/)
})

test('in multi-project mode Jenkins has a job for each branch, beside that of the project', () => {
  const multiproject_enabled = true
  const url = `https://ci.example.com/job/rocket_feature_a%20b/scm/bySHA1/${SHA}`
  expect(asked('jenkins-deprecated', { multiproject_enabled }).step.url).toBe(url)
  expect(asked('jenkins-deprecated', { multiproject_enabled }, { ref: null }).step.url).toContain('/job/rocket/scm/')
})

const bambooResult = (buildState: unknown, key = 'ROC-KET-7') => ({
  results: { result: [{ buildState: 'Failed' }, { buildState, planResultKey: { key } }] },
})
const icon = (name: string) =>
  `<html><img src="/logo.png"><h1 class="build-caption page-headline"><img src="/static/8b0a/48x48/${name}" alt="x"/></h1>`
const BAMBOO = 'https://ci.example.com/bamboo/browse'
const TEAMCITY = 'https://tc.example.com/viewLog.html'

/** Responses of each server, with their meaning. One that says nothing is undefined. */
const READ: [slug: string, status: number, body: unknown, state: string | undefined, page?: string][] = [
  ['bamboo', 200, bambooResult('Successful'), 'success', `${BAMBOO}/ROC-KET-7`],
  ['bamboo', 200, bambooResult('Success'), 'success'],
  ['bamboo', 200, bambooResult('Failed'), 'failed'],
  ['bamboo', 200, bambooResult('Pending'), 'pending'],
  ['bamboo', 200, { results: { result: { buildState: 'Successful' } } }, 'success', `${BAMBOO}/ROC-KET`],
  ['bamboo', 200, { results: { result: [] } }, 'pending', `${BAMBOO}/ROC-KET`],
  ['bamboo', 200, { results: { size: 0 } }, 'pending', `${BAMBOO}/ROC-KET`],
  ['bamboo', 404, '<html>', 'pending', `${BAMBOO}/ROC-KET`],
  ['bamboo', 200, bambooResult('Successful', '../x?y#z'), 'success', `${BAMBOO}/..%2Fx%3Fy%23z`],
  ['bamboo', 200, bambooResult('Unknown'), undefined],
  ['bamboo', 200, bambooResult(7), undefined],
  ['bamboo', 200, '<results/>', undefined],
  ['bamboo', 200, 'null', undefined],
  ['bamboo', 401, {}, undefined],
  ['bamboo', 500, bambooResult('Successful'), undefined],

  ...['pending', 'running', 'success', 'failed', 'canceled', 'skipped'].map((word): (typeof READ)[number] => [
    'buildkite',
    200,
    { status: word },
    word,
  ]),
  ['buildkite', 200, { status: 'success' }, 'success', `https://buildkite.com/acme/rocket/builds?commit=${SHA}`],
  ['buildkite', 200, { status: '<b>bold</b>' }, undefined],
  ['buildkite', 200, {}, undefined],
  ['buildkite', 200, 'success', undefined],
  ['buildkite', 404, { status: 'success' }, undefined],
  ['buildkite', 500, '', undefined],

  [
    'drone-ci',
    200,
    { status: 'success' },
    'success',
    `https://drone.example.com/gitlab/acme/sub/rocket/redirect/commits/${SHA}?branch=feature%2Fa+b`,
  ],
  ['drone-ci', 200, { status: 'killed' }, 'canceled'],
  ['drone-ci', 200, { status: 'failure' }, 'failed'],
  ['drone-ci', 200, { status: 'error' }, 'failed'],
  ['drone-ci', 200, { status: 'declined' }, 'canceled'],
  ['drone-ci', 200, { status: 'blocked' }, 'manual'],
  ['drone-ci', 200, { status: 'waiting_on_dependencies' }, 'pending'],
  ['drone-ci', 200, { status: 'running' }, 'running'],
  ['drone-ci', 200, { status: 'pending' }, 'pending'],
  ['drone-ci', 200, { status: 'skipped' }, 'skipped'],
  ['drone-ci', 200, { status: 'toString' }, undefined],
  ['drone-ci', 200, { status: '@everyone' }, undefined],
  ['drone-ci', 200, '[]', undefined],
  ['drone-ci', 404, { status: 'success' }, undefined],

  ['teamcity', 200, { id: 9, status: 'SUCCESS' }, 'success', `${TEAMCITY}?buildId=9&buildTypeId=bt+1`],
  ['teamcity', 200, { build: { id: 9, status: 'FAILURE' } }, 'failed', `${TEAMCITY}?buildId=9&buildTypeId=bt+1`],
  ['teamcity', 200, { build: { status: 'Pending' } }, 'pending', `${TEAMCITY}?buildTypeId=bt+1`],
  ['teamcity', 200, '<build id="9" number="1" status="SUCCESS"/>', 'success', `${TEAMCITY}?buildId=9&buildTypeId=bt+1`],
  ['teamcity', 404, '', 'pending', `${TEAMCITY}?buildTypeId=bt+1`],
  [
    'teamcity',
    200,
    { id: '9&buildId=1', status: 'SUCCESS' },
    'success',
    `${TEAMCITY}?buildId=9%26buildId%3D1&buildTypeId=bt+1`,
  ],
  ['teamcity', 200, { status: 'UNKNOWN' }, undefined],
  ['teamcity', 200, '<html>SUCCESS</html>', undefined],
  ['teamcity', 200, '', undefined],
  ['teamcity', 401, { status: 'SUCCESS' }, undefined],

  ...['failed', 'canceled', 'running', 'pending', 'success', 'success-with-warnings', 'skipped', 'not_found'].map(
    (word): (typeof READ)[number] => ['mock-ci', 200, { status: word }, word],
  ),
  ['mock-ci', 404, '', 'pending', `http://localhost:4004/acme/sub/rocket/status/${SHA}`],
  ['mock-ci', 200, { status: 'perfect' }, undefined],
  ['mock-ci', 500, { status: 'success' }, undefined],

  ['jenkins-deprecated', 200, icon('blue.png'), 'success', `https://ci.example.com/job/rocket/scm/bySHA1/${SHA}`],
  ['jenkins-deprecated', 200, icon('yellow.png'), 'failed'],
  ['jenkins-deprecated', 200, icon('red.png'), 'failed'],
  ['jenkins-deprecated', 200, icon('aborted.png'), 'failed'],
  ['jenkins-deprecated', 200, icon('blue-anime.gif'), 'running'],
  ['jenkins-deprecated', 200, icon('red_anime.gif'), 'running'],
  ['jenkins-deprecated', 200, icon('grey.png'), 'pending'],
  ['jenkins-deprecated', 200, "<img src='/i/blue.png' class='build-caption-status-icon'>", 'success'],
  ['jenkins-deprecated', 200, '<img src="/i/blue.png">', undefined],
  ['jenkins-deprecated', 200, '<h1>404</h1>', undefined],
  ['jenkins-deprecated', 403, icon('blue.png'), undefined],
]

describe('the response of a CI server', () => {
  test.each(READ)('%s %i %j means %s', (slug, status, body, state, page) => {
    const read = asked(slug).read(responseOf(status, body))
    expect(read?.status).toBe(state)
    if (page !== undefined) expect(read?.page).toBe(page)
  })
})

test('an unstable build of Jenkins is good if the settings say so', () => {
  const { read } = asked('jenkins-deprecated', { pass_unstable: true })
  expect(read(responseOf(200, icon('yellow.png')))?.status).toBe('success')
  expect(read(responseOf(200, icon('red.png')))?.status).toBe('failed')
})

test('a page of 64 KiB without an end is read in no time', () => {
  for (const [slug, text] of [
    ['jenkins-deprecated', '<img build-caption src="'.repeat(2700)],
    ['teamcity', '<build a="b'.repeat(6000)],
    ['teamcity', `<build ${'a="'.repeat(20_000)}`],
  ] as const)
    expect(asked(slug).read(responseOf(200, text))).toBeUndefined()
})
