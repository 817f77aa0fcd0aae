import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Network, send } from '../../src/delivery/transport.ts'
import type { HttpStep } from '../../src/schema/step.ts'

const requests: { url: string; init: RequestInit }[] = []
let respond: (url: string) => Response | Promise<Response> = () => new Response('ok')

beforeEach(() => {
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    requests.push({ url, init })
    return new Promise<Response>((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      Promise.resolve(respond(url)).then(resolve, reject)
    })
  })
})
afterEach(() => {
  requests.length = 0
  respond = () => new Response('ok')
})

const network: Network = { allowLocalNetwork: false, timeoutMs: 100, mail: undefined }
const step: HttpStep = { method: 'POST', url: 'https://receiver.example.com/in?key=1', body: '{}' }
const headersSent = () => new Headers(requests[0]?.init.headers)
const post = (more: Partial<HttpStep> = {}) => send({ ...step, ...more }, network)
const failure = async (sent: ReturnType<typeof send>) => {
  const result = await sent
  return 'failure' in result ? result.failure : undefined
}

describe('a request', () => {
  test('a request goes out with its method, headers and body, follows no redirect by itself, and names its sender', async () => {
    const sent = await post({ headers: { 'Content-Type': 'application/json' }, auth: { basic: ['ä', 'p:w'] } })
    expect(sent).toMatchObject({ response: { status: 200, text: 'ok' } })
    expect(requests).toEqual([
      { url: step.url, init: expect.objectContaining({ method: 'POST', body: '{}', redirect: 'manual' }) },
    ])
    expect(headersSent().get('User-Agent')).toMatch(/^Patchbay\/\d/)
    expect(headersSent().get('Content-Type')).toBe('application/json')
    expect(headersSent().get('Authorization')).toBe('Basic w6Q6cDp3')
  })

  test('a request keeps the user agent that a service asks for', async () => {
    await post({ headers: { 'User-Agent': 'DiscordBot (x, 1)' } })
    expect(headersSent().get('User-Agent')).toBe('DiscordBot (x, 1)')
  })

  test('carries the user info of its address as a header, for fetch would drop it', async () => {
    await post({ url: 'https://user:p%40ss@receiver.example.com/in' })
    expect(requests[0]?.url).toBe('https://receiver.example.com/in')
    expect(headersSent().get('Authorization')).toBe(`Basic ${btoa('user:p@ss')}`)
  })

  test.each([
    'http://127.0.0.1/',
    'http://localhost:8080/',
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://[::1]/',
    'http://redis/',
    'http://db.internal/',
    'http://0x7f000001/',
    'not a url',
  ])('a request never goes to %s', async (url) => {
    expect(await failure(post({ url }))).toMatchObject({ verdict: 'fix', isLost: false })
    expect(requests).toEqual([])
  })

  test('a request goes to the local network if the deployment allows it', async () => {
    await send({ ...step, url: 'http://127.0.0.1/' }, { ...network, allowLocalNetwork: true })
    expect(requests).toHaveLength(1)
  })

  test('a request that cannot be made fails for good, and says nothing of its values', async () => {
    respond = () => Promise.reject(new TypeError('Invalid header value: SENTINEL'))
    expect(await failure(post())).toEqual({ verdict: 'fix', reason: 'the request could not be made', isLost: false })
  })

  test('a request that reaches nobody is tried again', async () => {
    respond = () => Promise.reject(new Error('Network connection lost.'))
    expect(await failure(post())).toMatchObject({ verdict: 'again', isLost: false })
  })

  test('a request without a response in time is tried again, and may have been acted on', async () => {
    respond = () => new Promise(() => {})
    expect(await failure(post())).toEqual({ verdict: 'again', reason: 'no response within 0.1 seconds', isLost: true })
  })

  test.each([
    [521, false],
    [522, false],
    [523, false],
    [525, false],
    [526, false],
    [530, false],
    [520, true],
    [524, true],
  ])('a request that the edge responds to with %d is tried again, lost: %s', async (status, isLost) => {
    respond = () => new Response('', { status })
    expect(await failure(post())).toMatchObject({ verdict: 'again', isLost })
  })

  test.each([1000, 1001, 1002, 1003])(
    'a request that the platform forbids with error %d fails for good',
    async (code) => {
      respond = () => new Response(`error code: ${code}`, { status: 403 })
      expect(await failure(post())).toMatchObject({ verdict: 'fix' })
    },
  )
})

describe('a redirect', () => {
  const redirect = (status: number, location: string) => {
    respond = (url) =>
      url === step.url ? new Response('', { status, headers: { Location: location } }) : new Response('there')
  }

  test.each([307, 308])(
    'a redirect with %d to the same host is followed, with the request as it was',
    async (status) => {
      redirect(status, '/elsewhere')
      expect(await post()).toMatchObject({ response: { text: 'there' } })
      expect(requests.map(({ url }) => url)).toEqual([step.url, 'https://receiver.example.com/elsewhere'])
      expect(requests[1]?.init).toMatchObject({ method: 'POST', body: '{}' })
    },
  )

  test.each([301, 302, 303])(
    'a redirect with %d is followed for a GET, and not for a POST, which it would change',
    async (status) => {
      redirect(status, '/elsewhere')
      expect(await failure(post())).toMatchObject({ verdict: 'fix' })
      expect(await post({ method: 'GET' })).toMatchObject({ response: { text: 'there' } })
    },
  )

  test.each([
    'https://evil.example.com/',
    'https://receiver.example.com:8443/',
    'http://receiver.example.com/in',
    'https://receiver.example.com.evil.example.com/',
    'http://169.254.169.254/',
    'javascript:alert(1)',
    '//evil.example.com/in',
    'https://[',
  ])('a redirect to %s is not followed: nothing secret crosses an origin', async (location) => {
    redirect(307, location)
    expect(await failure(post())).toMatchObject({ verdict: 'fix' })
    expect(requests).toHaveLength(1)
  })

  test('a redirect from http to https on the same host is followed', async () => {
    respond = (url) =>
      url.startsWith('http:')
        ? new Response('', { status: 308, headers: { Location: step.url } })
        : new Response('there')
    expect(await post({ url: 'http://receiver.example.com/in?key=1' })).toMatchObject({ response: { text: 'there' } })
  })

  test('a redirect is followed three times at most', async () => {
    respond = (url) => new Response('', { status: 307, headers: { Location: `${url}0` } })
    expect(await failure(post())).toMatchObject({ verdict: 'fix' })
    expect(requests).toHaveLength(4)
  })

  test('a redirect does not lengthen the time that a step may take', async () => {
    respond = async (url) => {
      await new Promise((resolve) => setTimeout(resolve, 60))
      return new Response('', { status: 307, headers: { Location: `${url}0` } })
    }
    expect(await failure(post())).toMatchObject({ reason: 'no response within 0.1 seconds' })
  })
})

describe('a response', () => {
  const KIB = 1024

  test('a response that never ends is read up to 64 KiB, and given up', async () => {
    const cancelled = vi.fn()
    const chunk = new TextEncoder().encode('x'.repeat(10 * KIB))
    respond = () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(chunk), cancel: cancelled }))
    const sent = await post()
    expect('response' in sent && sent.response.text.length).toBe(64 * KIB)
    expect(cancelled).toHaveBeenCalledOnce()
  })

  test('a response that is a gzip bomb is read up to 64 KiB', async () => {
    const packed = new Response('0'.repeat(8 * KIB * KIB)).body?.pipeThrough(new CompressionStream('gzip'))
    respond = () => new Response(packed?.pipeThrough(new DecompressionStream('gzip')))
    const sent = await post()
    expect('response' in sent && sent.response.text.length).toBe(64 * KIB)
  })

  test.each([
    ['breaks off', new Error('Network connection lost.')],
    ['does not decompress', new TypeError('Decompression failed.')],
  ])('a response that %s is tried again, and the receiver may have acted', async (_, error) => {
    respond = () => new Response(new ReadableStream({ pull: (stream) => stream.error(error) }))
    expect(await failure(post())).toEqual({
      verdict: 'again',
      reason: 'the response broke off or could not be decoded',
      isLost: true,
    })
  })

  test('a response of a HEAD has no body', async () => {
    expect(await post({ method: 'HEAD' })).toMatchObject({ response: { status: 200, text: '' } })
  })
})

describe('a mail', () => {
  const mail = { to: ['a@example.com'], subject: 'One\r\nBcc: evil@example.com', text: 'Hello', fromName: 'Ada' }
  const withMail = (sendMail: (message: unknown) => Promise<unknown>): Network => ({
    ...network,
    mail: { binding: { send: sendMail } as unknown as SendEmail, sender: 'patchbay@example.com' },
  })

  test('a mail without a binding or a sender fails, and says what to do', async () => {
    expect(await failure(send({ mail }, network))).toMatchObject({
      verdict: 'fix',
      reason: expect.stringMatching(/EMAIL.*MAIL_FROM/),
    })
  })

  test('a mail comes from the deployment’s address, and its subject is one line', async () => {
    const sendMail = vi.fn(async (_: unknown) => ({ messageId: '1' }))
    expect(await send({ mail }, withMail(sendMail))).toMatchObject({ response: { status: 250 } })
    expect(sendMail).toHaveBeenCalledWith({
      from: { email: 'patchbay@example.com', name: 'Ada' },
      to: ['a@example.com'],
      subject: 'One Bcc: evil@example.com',
      text: 'Hello',
    })
  })

  test.each([
    ['E_RATE_LIMIT_EXCEEDED', 'again'],
    ['E_RECIPIENT_NOT_ALLOWED', 'fix'],
  ])('a mail that is refused with %s is %s, and the address stays out of the reason', async (code, verdict) => {
    const refused = Object.assign(new Error('a@example.com was refused'), { code })
    const sent = send(
      { mail },
      withMail(() => Promise.reject(refused)),
    )
    expect(await failure(sent)).toEqual({ verdict, reason: `the mail was refused (${code})`, isLost: false })
  })
})

describe('lines over TCP', () => {
  test('lines over TCP never go to the local network', async () => {
    expect(await failure(send({ tcp: { host: '127.0.0.1', port: 6659, lines: ['x'] } }, network))).toMatchObject({
      verdict: 'fix',
    })
  })

  test('lines over TCP that nobody takes are tried again', async () => {
    const local = { ...network, allowLocalNetwork: true, timeoutMs: 2000 }
    expect(await failure(send({ tcp: { host: '127.0.0.1', port: 9, lines: ['x'] } }, local))).toMatchObject({
      verdict: 'again',
    })
  })
})
