import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { headersFor, samples, send } from './gitlab.ts'
import { ask, checkOut, type Patchbay, start } from './patchbay.ts'

/** Events that no service has anything to do about. */
const OF_NO_SERVICE = ['access_token', 'deploy_token', 'emoji', 'feature_flag', 'member', 'milestone', 'release']
/** Chats expect an incident as an event of its own, besides the work item. */
const DECLINED = 'work_item-incident.json'
/** Services that forward events as they came. */
const FORWARDING = ['jenkins', 'drone-ci', 'datadog', 'squash-tm']

describe('a webhook of GitLab', () => {
  const requests: { service: string; body: Buffer }[] = []
  const receivers = createServer(async (request, response) => {
    const body = await buffer(request)
    requests.push({ service: request.url?.split(/[/?]/)[1] ?? '', body })
    response.end('ok')
  })
  let patchbay: Patchbay
  let url: string
  let token: string

  before(async () => {
    await once(receivers.listen(0), 'listening')
    const receiver = `http://localhost:${(receivers.address() as AddressInfo).port}`
    patchbay = await start(checkOut())
    for (const [slug, settings] of Object.entries(settingsFor(receiver))) await subscribe(slug, settings)
    const created = await ask(patchbay, 'POST', '/projects/1/access_tokens', { name: 'x', scopes: ['send_events'] })
    token = created.token
    url = `${patchbay.url}/api/v4/projects/1/events`
  })
  after(async () => {
    receivers.close()
    await patchbay?.stop()
  })

  it('has a body for each of the 61 cases', () => assert.equal(samples.length, 61))

  for (const sample of samples) {
    const { file, kind, body } = sample
    it(`delivers ${file} once, and forwards it byte for byte`, async () => {
      requests.length = 0
      const headers = headersFor(sample, token)
      const first = await send(url, headers, body)
      assert.deepEqual(
        { status: first.status, kind: first.body.kind, duplicate: first.body.duplicate },
        { status: 202, kind, duplicate: false },
      )
      assert.equal(first.body.deliveries.length === 0, OF_NO_SERVICE.includes(kind) || file === DECLINED)
      const repeated = await send(url, headers, body)
      assert.deepEqual([repeated.status, repeated.body.id], [202, first.body.id])
      assert.equal(repeated.body.duplicate, first.body.id !== null)
      const settled = await settledOf(first.body.id)
      assert.deepEqual(settled, new Set(settled.size > 0 ? ['delivered'] : []))
      for (const { service, body: forwarded } of requests)
        if (FORWARDING.includes(service)) assert.deepEqual(forwarded, body)
      const sent = requests.map(({ service }) => service)
      const expected = first.body.deliveries.map(({ destination }) => destination)
      assert.deepEqual(sent.sort(), expected.sort())
    })
  }

  it('with another secret token is refused', async () => {
    const [sample] = samples
    assert.ok(sample)
    assert.equal((await send(url, headersFor(sample, `${token}x`), sample.body)).status, 401)
  })

  async function subscribe(slug: string, settings: object): Promise<void> {
    const saved = await ask(patchbay, 'PUT', `/projects/1/services/${slug}`, settings)
    const flags = Object.keys(saved).filter((name) => name.endsWith('_events'))
    const path = `/projects/1/services/${slug}`
    await ask(patchbay, 'PUT', path, { ...settings, ...Object.fromEntries(flags.map((flag) => [flag, true])) })
  }

  /** The states of an event's deliveries, once none is pending. */
  async function settledOf(id: number | null): Promise<Set<string>> {
    if (id === null) return new Set()
    for (;;) {
      const deliveries = await ask(patchbay, 'GET', `/projects/1/deliveries?event=${id}`)
      const states = new Set<string>(deliveries.map(({ state }: { state: string }) => state))
      if (!states.has('pending')) return states
      await sleep(20)
    }
  }
})

function settingsFor(receiver: string): Record<string, object> {
  const chat = (name: string) => ({ webhook: `${receiver}/${name}`, branches_to_be_notified: 'all' })
  return {
    slack: chat('slack'),
    mattermost: chat('mattermost'),
    jenkins: { jenkins_url: `${receiver}/jenkins`, project_name: 'x' },
    'drone-ci': { drone_url: `${receiver}/drone-ci`, token: 'token-of-drone' },
    datadog: { api_url: `${receiver}/datadog`, api_key: 'key-of-datadog', datadog_ci_visibility: true },
    'squash-tm': { url: `${receiver}/squash-tm` },
  }
}
