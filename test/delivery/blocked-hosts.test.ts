import { expect, test, vi } from 'vitest'
import {
  accept,
  deliveriesOf,
  drone,
  jenkins,
  newDestinations,
  pushBy,
  stubReceivers,
  work,
} from '../support/deliveries.ts'

const receivers = stubReceivers()
vi.spyOn(console, 'log').mockImplementation(() => {})

test('a host whose network bans the sender gets nothing for an hour, from no project; other hosts do', async () => {
  const BAN = () => new Response('error code: 1015', { status: 429 })
  const places = [
    await newDestinations({ jenkins: jenkins('banning') }),
    await newDestinations({ jenkins: jenkins('banning') }),
    await newDestinations({ 'drone-ci': drone('other') }),
  ]
  receivers.respond = ({ url }) => (url.startsWith('https://banning') ? BAN() : new Response('ok'))
  for (const place of places) {
    await accept(place, pushBy('Ada'))
    await work(place.destinationIds)
  }
  expect(receivers.requests.map(({ url }) => URL.parse(url)?.host)).toEqual([
    'banning.example.com',
    'other.example.com',
  ])
  const [, second, third] = await Promise.all(
    places.map(async ({ destinationIds }) => (await deliveriesOf(destinationIds))[0]),
  )
  expect(third?.state).toBe('delivered')
  expect(second).toMatchObject({
    state: 'pending',
    reason: 'the network of the receiver refuses this sender for now',
  })
  expect(Number(second?.dueAt) - Date.now()).toBeGreaterThan(59 * 60_000)
})
