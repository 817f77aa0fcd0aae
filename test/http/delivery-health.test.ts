import { expect, test, vi } from 'vitest'
import { ask } from '../support/api.ts'
import {
  accept,
  drone,
  jenkins,
  newDestinations,
  passTime,
  pushBy,
  stubReceivers,
  webhook,
  work,
} from '../support/deliveries.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

const TIME = expect.stringMatching(/^\d{4}-.*Z$/)
const NEVER = { failures: 0, since: null, resumes_at: null, last_success_at: null }

test('the list of services says the state of the deliveries to each of them', async () => {
  const place = await newDestinations({
    jenkins: jenkins('good'),
    'drone-ci': drone('busy'),
    slack: webhook('gone'),
    mattermost: webhook('unused'),
  })
  const healthOf = async (query = '') => {
    const { body } = await ask(`projects/${place.id}/services?with_delivery=true${query}`)
    return Object.fromEntries(body.map(({ slug, delivery }: { slug: string; delivery: object }) => [slug, delivery]))
  }
  expect(new Set(Object.values(await healthOf()).map((health) => JSON.stringify(health)))).toEqual(
    new Set([JSON.stringify({ state: 'unused', ...NEVER })]),
  )
  const used = { ...place, destinationIds: place.destinationIds.slice(0, 3) }
  await accept(used, pushBy('Ada'))
  await work(used.destinationIds)
  await passTime(used.destinationIds, 0)
  await accept(used, pushBy('Eve'))
  receivers.respond = ({ url }) =>
    new Response('', { status: url.includes('busy') ? 503 : url.includes('gone') ? 410 : 200 })
  await work(used.destinationIds)
  expect(await healthOf()).toEqual({
    jenkins: { state: 'ok', ...NEVER, last_success_at: TIME },
    'drone-ci': { state: 'failing', failures: 1, since: TIME, resumes_at: TIME, last_success_at: TIME },
    slack: { state: 'paused', failures: 1, since: TIME, resumes_at: null, last_success_at: TIME },
    mattermost: { state: 'unused', ...NEVER },
  })
  expect(await healthOf('&with_secrets=true')).toMatchObject({ slack: { state: 'paused' } })
  await ask(`projects/${place.id}/services/slack`, { json: { username: 'bot' } })
  expect(await healthOf('&with_properties=true')).toMatchObject({ slack: { state: 'ok' } })
})

test('the list of services has the state of deliveries only on request', async () => {
  const { id } = await newDestinations({ jenkins: jenkins('ci') })
  expect((await ask(`projects/${id}/services`)).body[0]).not.toHaveProperty('delivery')
})

test('the catalogue says which services events are sent to, and why not to the others', async () => {
  const { body } = await ask('services', { token: null })
  for (const { slug, delivers, delivers_nothing } of body)
    expect({ slug, delivers, isExplained: delivers_nothing !== null }).toEqual({
      slug,
      delivers,
      isExplained: !delivers,
    })
})
