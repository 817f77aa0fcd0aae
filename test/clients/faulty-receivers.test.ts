import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { type Behaviour, drip, pour, type Receiver, respond, startReceiver } from './faulty-receiver.ts'
import { ask, checkOut, type Patchbay, start } from './patchbay.ts'

const MIB = 1024 * 1024
const ZEROS = Buffer.alloc(50 * MIB)

const ACCEPTED = 'the receiver accepted it, and did not say that it acted'
const UNREACHABLE = 'the receiver could not be reached'
const BROKEN = 'the response broke off or could not be decoded'
const LATE = 'no response within 10 seconds'
const ELSEWHERE = 'the address redirects to another host'

const sized = (body: string | Buffer, ...headers: string[]) =>
  respond('200 OK', [...headers, `Content-Length: ${body.length}`], body)
const status = (line: string, ...headers: string[]) => respond(line, [...headers, 'Content-Length: 0'])
const redirect = (to: string) => status('307 Temporary Redirect', `Location: ${to}`)
const silent = () => {}

/** Behaviour of a receiver; result of the first attempt, with its reason; number of requests. */
const CASES: [name: string, behaviour: Behaviour, state: string, reason: string, count?: number][] = [
  ['says nothing', silent, 'pending', LATE],
  ['never ends its headers', drip('HTTP/1.1 200 OK\r\n', 'X-A: b\r\n'), 'pending', LATE],
  ['sends a byte a second', drip('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n', 'x'), 'pending', LATE],
  ['never ends its body', pour(), 'delivered', ACCEPTED],
  ['sends 50 MiB of zeros in gzip', sized(gzipSync(ZEROS), 'Content-Encoding: gzip'), 'delivered', ACCEPTED],
  ['sends 50 MiB of zeros in brotli', sized(brotliCompressSync(ZEROS), 'Content-Encoding: br'), 'delivered', ACCEPTED],
  ['says gzip and sends none', sized('this is no gzip', 'Content-Encoding: gzip'), 'pending', BROKEN],
  ['promises more than it sends', respond('200 OK', ['Content-Length: 99'], 'short'), 'pending', BROKEN],
  [
    'sends more than it promised',
    respond('200 OK', ['Content-Length: 2'], 'okHTTP/1.1 410 Gone'),
    'delivered',
    ACCEPTED,
  ],
  ['sends a broken chunk', respond('200 OK', ['Transfer-Encoding: chunked'], 'zz\r\nx'), 'pending', BROKEN],
  [
    'sends a megabyte of headers',
    respond('200 OK', Array(2000).fill(`X-A: ${'x'.repeat(500)}`)),
    'pending',
    UNREACHABLE,
  ],
  ['has two lengths', respond('200 OK', ['Content-Length: 2', 'Content-Length: 3']), 'pending', UNREACHABLE],
  ['is no HTTP server', respond('\x00\x01\x02'), 'pending', UNREACHABLE],
  ['closes at once', (socket) => socket.end(), 'pending', UNREACHABLE],
  ['resets the connection', (socket) => socket.resetAndDestroy(), 'pending', UNREACHABLE],
  [
    'says 100 and 103 first',
    respond('100 Continue', [], 'HTTP/1.1 103 x\r\n\r\nHTTP/1.1 204 x\r\n\r\n'),
    'delivered',
    ACCEPTED,
  ],
  ['switches protocols', status('101 Switching', 'Upgrade: websocket'), 'failed', 'the receiver responded 101'],
  ['invents a status', status('999 Odd'), 'pending', 'the receiver responded 999'],
  [
    'sends invalid UTF-8',
    respond('422 No', ['Content-Length: 3'], Buffer.from('ff00c3', 'hex')),
    'failed',
    'the receiver responded 422',
  ],
  ['redirects in circles', (socket) => redirect('#')(socket), 'failed', 'the address redirects more than 3 times', 4],
  ['redirects to another host', redirect('https://evil.example.com/'), 'failed', ELSEWHERE],
  ['redirects to a private address', redirect('http://169.254.169.254/'), 'failed', ELSEWHERE],
  ['redirects nowhere', redirect('http://[::'), 'failed', ELSEWHERE],
  [
    'would make it a GET',
    status('302 Found', 'Location: /'),
    'failed',
    'the address redirects with 302, which would change the request',
  ],
  [
    'asks for an endless wait',
    status('429 Slow', `Retry-After: ${'9'.repeat(20)}`),
    'pending',
    'the receiver responded 429',
  ],
]
const slugOf = (name: string) => name.toLowerCase().replaceAll(/\W+/g, '-')

describe('a receiver that', () => {
  let patchbay: Patchbay
  let receiver: Receiver
  let startedAt: number
  const outcomes = new Map<string, Delivery>()

  before(async () => {
    const behaviours = CASES.map(([name, behaviour]) => [slugOf(name), behaviour] as const)
    receiver = await startReceiver({ ...Object.fromEntries(behaviours), healthy: sized('ok') })
    patchbay = await start(checkOut())
    startedAt = Date.now()
    const bases = CASES.map(([name]) => [name, `http://localhost:${receiver.port}/${slugOf(name)}`] as const)
    const down = ['is down', 'http://localhost:9'] as const
    const noTls = ['does not speak TLS', `https://localhost:${receiver.port}`] as const
    await Promise.all(
      [...bases, down, noTls].map(async ([name, base]) => outcomes.set(name, await deliver(name, base))),
    )
  })
  after(async () => {
    receiver?.stop()
    await patchbay?.stop()
  })

  for (const [name, , state, reason, count = 1] of CASES)
    it(`${name} ends its first attempt as ${state}: ${reason}`, () => {
      assert.deepEqual(shown(name), { state, reason })
      assert.equal(receiver.requests.get(slugOf(name))?.filter((at) => at < nextAttemptOf(name)).length, count)
    })

  for (const name of ['is down', 'does not speak TLS'])
    it(`${name} is tried again: ${UNREACHABLE}`, () => {
      assert.deepEqual(shown(name), { state: 'pending', reason: UNREACHABLE })
    })

  it('asks for an endless wait is tried again within six hours', () => {
    const due = Date.parse(outcomes.get('asks for an endless wait')?.due_at ?? '') - startedAt
    assert.ok(due > 5.9 * 3600_000 && due < 6.1 * 3600_000, String(due))
  })

  it('works gets its delivery at once, whatever the others do', async () => {
    const hanging = deliver('hangs again', `http://localhost:${receiver.port}/says-nothing`)
    const before = Date.now()
    const { state } = await deliver('healthy', `http://localhost:${receiver.port}/healthy`)
    assert.equal(state, 'delivered')
    assert.ok(Date.now() - before < 5000)
    await hanging
  })

  it('fails is named in no line that the server logs', () => {
    const lines = patchbay
      .output()
      .split('\n')
      .filter((line) => line.includes('"delivery":'))
    assert.ok(lines.length >= CASES.length)
    assert.deepEqual(
      lines.filter((line) => line.includes('localhost') || !line.includes('"level":"info"')),
      [],
    )
    assert.doesNotMatch(patchbay.output(), /Uncaught|"level":"error"/)
  })

  function shown(name: string) {
    const { state, reason } = outcomes.get(name) ?? {}
    return { state, reason }
  }

  function nextAttemptOf(name: string): number {
    return Date.parse(outcomes.get(name)?.due_at ?? '') || Date.now()
  }

  /** Settings in a project of their own, an event for them, and what the first attempt came to. */
  async function deliver(name: string, base: string): Promise<Delivery> {
    const { id } = await ask(patchbay, 'POST', '/projects', { path: slugOf(name), namespace_path: 'faults' })
    await ask(patchbay, 'PUT', `/projects/${id}/services/jenkins`, { jenkins_url: base, project_name: 'rocket' })
    const { deliveries } = await ask(patchbay, 'POST', `/projects/${id}/events`, PUSH)
    assert.equal(deliveries[0].state, 'pending')
    for (;;) {
      const [delivery] = await ask(patchbay, 'GET', `/projects/${id}/deliveries`)
      if (delivery.last !== null) return delivery
      await sleep(50)
    }
  }
})

interface Delivery {
  state: string
  reason: string | null
  due_at: string | null
}

const PUSH = { object_kind: 'push', ref: 'refs/heads/main', before: 'a'.repeat(40), after: 'b'.repeat(40), commits: [] }
