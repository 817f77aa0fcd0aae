import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { checkOut, type Patchbay, start } from './patchbay.ts'
import { lost, notServed, required } from './settings.ts'

const SCRIPT = fileURLToPath(new URL('python_gitlab.py', import.meta.url))

type Values = Record<string, unknown>
interface Failure {
  class: string
  status: number
  text: string
}
interface Life {
  set: Values
  listed: string[]
  read: Values
  edited: Values
  deleted: Failure
}
interface Seen {
  version: string[]
  integrations: Life
  services: Life
  badToken: Failure
  unknownProject: Failure
  missingParameter: Failure
  all: Record<string, { sent: Values; response: Values; failed: Failure | null }>
  listed: string[]
}

/** Attributes in python-gitlab's table that no GitLab ever took. */
const ignored: Record<string, string[]> = { 'pipelines-email': ['notify_only_broken_builds'] }

describe('python-gitlab, as Debian ships it', () => {
  let patchbay: Patchbay
  let seen: Seen
  before(async () => {
    patchbay = await start(checkOut())
    seen = run(patchbay)
  })
  after(() => patchbay?.stop())

  it('takes Patchbay for a GitLab', () => {
    assert.match(seen.version[0] ?? '', /^\d+\.\d+\.\d+$/)
  })

  for (const name of ['integrations', 'services'] as const)
    it(`sets, lists, reads, edits and deletes a service through project.${name}`, () => {
      const { set, listed, read, edited, deleted } = seen[name]
      assert.equal(set.slug, 'slack')
      assert.deepEqual(listed, ['slack'])
      assert.equal((read.properties as Values).channel, '#one')
      assert.equal((edited.properties as Values).channel, '#two')
      assert.deepEqual(deleted, { class: 'GitlabGetError', status: 404, text: '404 Service Not Found' })
    })

  it('raises its own errors', () => {
    assert.deepEqual(seen.badToken, { class: 'GitlabAuthenticationError', status: 401, text: '401 Unauthorized' })
    assert.deepEqual(seen.unknownProject, { class: 'GitlabGetError', status: 404, text: '404 Project Not Found' })
    assert.deepEqual(seen.missingParameter, { class: 'GitlabUpdateError', status: 400, text: 'webhook is missing' })
  })

  it('sets every service that it knows, with every attribute that it knows', () => {
    const served = Object.entries(seen.all).filter(([slug]) => !(slug in notServed))
    for (const [slug, { sent, response, failed }] of served) {
      assert.equal(failed, null, slug)
      assert.deepEqual(lost(sent, response), ignored[slug] ?? [], slug)
    }
    assert.deepEqual(seen.listed.toSorted(), served.map(([slug]) => slug).toSorted())
  })

  it('is told of slugs that GitLab does not serve', () => {
    const failures = Object.entries(seen.all).filter(([slug]) => slug in notServed)
    const expected = { class: 'GitlabUpdateError', status: 404, text: '404 Service Not Found' }
    assert.deepEqual(
      failures.map(([slug, { failed }]) => [slug, failed]),
      [['circuit', expected]],
    )
  })
})

function run({ url, token }: Patchbay): Seen {
  const env = { PATH: process.env.PATH, PATCHBAY_URL: url, PATCHBAY_TOKEN: token }
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [SCRIPT], {
    env,
    input: JSON.stringify(required),
    encoding: 'utf8',
  })
  assert.equal(status, 0, `python3-gitlab (apt-get install python3-gitlab): ${stderr}`)
  return JSON.parse(stdout)
}
