import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { Notification } from '../../src/delivery/engine.ts'
import type { Bindings } from '../../src/env.ts'
import worker from '../../src/index.ts'
import { services } from '../../src/services/registry.ts'
import recorded from '../services/vectors/events.json'
import { ask, newSettings } from '../support/api.ts'
import { stubReceivers } from '../support/deliveries.ts'

interface Case {
  event: keyof typeof recorded.events
  params?: Record<string, unknown>
  flags?: Record<string, boolean>
  responses?: { method: string; url: string; status: number; body?: unknown }[]
  requests: { method?: string; url?: string; mail?: object; tcp?: { host: string; port: number } }[]
}

const files = import.meta.glob<Case[]>(['../services/vectors/*.json', '!../services/vectors/events.json'], {
  eager: true,
  import: 'default',
})

const receivers = stubReceivers()

/** The first case of each service in which it sends something. */
const cases = services.flatMap(({ slug, deliversNothing }) => {
  const sending = files[`../services/vectors/${slug}.json`]?.find(({ requests }) => requests.length > 0)
  return deliversNothing ? [] : [[slug, sending] as const]
})

test.each(cases)('an event that is posted leaves through the queue as the requests of %s', async (slug, given) => {
  if (!given) throw new Error(`no case in which ${slug} sends something`)
  const lines = vi.spyOn(console, 'log').mockImplementation(() => {})
  const { id } = await newSettings(slug, { ...given.params, ...given.flags })
  const sent: Notification[] = []
  const mails: unknown[] = []
  const bindings = {
    DELIVERIES: { send: async (message: Notification) => sent.push(message) },
    EMAIL: { send: async (mail: unknown) => mails.push(mail) },
    MAIL_FROM: 'patchbay@example.com',
  }
  const left = [...(given.responses ?? [])]
  receivers.respond = ({ method, url }) => {
    const at = left.findIndex((one) => one.method === method && one.url === url)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    const body = typeof found?.body === 'string' ? found.body : JSON.stringify(found?.body ?? {})
    return new Response(found?.status === 204 ? null : body, { status: found?.status ?? 200 })
  }

  const json = { ...recorded.shared, ...recorded.events[given.event] }
  const { status, body } = await ask(`projects/${id}/events`, { method: 'POST', json, env: bindings })
  expect({ status, deliveries: body.deliveries }).toMatchObject({ status: 202, deliveries: [{ destination: slug }] })
  const context = createExecutionContext()
  const batch = { queue: 'patchbay-deliveries', messages: sent.map((message) => ({ body: message })) }
  await worker.queue(batch as never, { ...env, ...bindings } as unknown as Bindings, context)
  await waitOnExecutionContext(context)

  const overHttp = given.requests.filter(({ url }) => url !== undefined)
  const readable = (url = '') =>
    decodeURIComponent(new URL(url).href).replace(new RegExp(`\\d+-\\d+-${slug}`), '<<key>>')
  expect(receivers.requests.map(({ method, url }) => ({ method, url: readable(url) }))).toEqual(
    overHttp.map(({ method = 'POST', url }) => ({ method, url: readable(url) })),
  )
  expect(mails).toHaveLength(given.requests.filter(({ mail }) => mail).length)
  const { body: log } = await ask(`projects/${id}/deliveries/${body.deliveries[0].id}`)
  const isTcp = given.requests.some(({ tcp }) => tcp)
  // Nobody listens at the address of irker here; test/clients/receivers.test.ts has a real one.
  expect(log).toMatchObject({ state: isTcp ? 'pending' : 'delivered', attempts: 1 })
  expect(log.log[0].requests).toHaveLength(given.requests.length)
  expect(lines.mock.calls.flat().filter((line) => String(line).includes('"delivery"'))).toHaveLength(1)
})
