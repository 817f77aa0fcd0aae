import { connect } from 'cloudflare:sockets'
import { version } from '../../package.json'
import type { Auth, HttpStep, MailStep, Step, StepResponse, TcpStep, Verdict } from '../schema/step.ts'
import { blockedReason } from '../settings/address.ts'
import { encodeHeader } from './mail-header.ts'

/** Sends requests out of the Worker. No other code opens a connection. */
export interface Network {
  /** Allows requests to the local network. */
  allowLocalNetwork: boolean
  timeoutMs: number
  /** Undefined if the deployment has no mail. */
  mail: { binding: SendEmail; sender: string } | undefined
}

/** A step without a response. The reason holds nothing of the request. */
interface Failure {
  verdict: Verdict
  reason: string
  /** Set if the receiver may have acted, and only its response was lost. */
  isLost: boolean
}

export type Sent = { response: StepResponse } | { failure: Failure }

export const TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 64 * 1024
const MAX_REDIRECTS = 3
const USER_AGENT = `Patchbay/${version}`

/** Takes a step. Whatever goes wrong comes back as a failure. */
export function send(step: Step, network: Network): Promise<Sent> {
  if ('mail' in step) return sendMail(step.mail, network)
  if ('tcp' in step) return sendLines(step.tcp, network)
  return request(step, step.url, { ...network, signal: AbortSignal.timeout(network.timeoutMs), redirects: 0 })
}

/** The signal ends the whole step, with its redirects and the body. */
interface Hop extends Network {
  signal: AbortSignal
  redirects: number
}

async function request(step: HttpStep, address: string, hop: Hop): Promise<Sent> {
  const { url, auth } = splitUserInfo(address, step.auth)
  const blocked = blockedReason('url', url, hop.allowLocalNetwork)
  if (blocked) return failed('fix', `the address ${blocked}`)
  const response = await fetchOnce({ ...step, ...(auth && { auth }) }, url, hop.signal)
  if (response instanceof Error) return unreachable(response, hop.timeoutMs)
  const { status, headers } = response
  const location = headers.get('Location')
  if (status >= 300 && status < 400 && location !== null) {
    await response.body?.cancel()
    return redirect(step, url, { status, location }, hop)
  }
  const text = step.method === 'HEAD' ? '' : await readBeginning(response)
  if (text instanceof Error) return unreadable(text, hop.timeoutMs)
  return platformFailure(status, text) ?? { response: { status, text, header: (name) => headers.get(name) } }
}

/** `fetch` drops the user info of a URL without a word, and the address check refuses it. */
function splitUserInfo(address: string, auth: Auth | undefined) {
  const url = URL.parse(address)
  if (!url || (url.username === '' && url.password === '')) return { url: address, auth }
  const basic = [decodeURIComponent(url.username), decodeURIComponent(url.password)] as const
  url.username = ''
  url.password = ''
  return { url: url.href, auth: auth ?? { basic } }
}

async function fetchOnce(step: HttpStep, url: string, signal: AbortSignal) {
  const { method, body = null } = step
  try {
    return await fetch(url, { method, headers: headersOf(step), body, redirect: 'manual', signal })
  } catch (error) {
    return toError(error)
  }
}

/** The headers of a request as they go out. */
export function headersOf({ auth, headers }: HttpStep): Record<string, string> {
  return { 'User-Agent': USER_AGENT, ...(auth && { Authorization: authorization(auth) }), ...headers }
}

export function authorization(auth: Auth): string {
  if ('bearer' in auth) return `Bearer ${auth.bearer}`
  return `Basic ${new TextEncoder().encode(auth.basic.join(':')).toBase64()}`
}

interface Redirect {
  status: number
  location: string
}

/** Follows to the same host alone, and never changes the method: nothing secret of the request crosses an origin. */
async function redirect(step: HttpStep, from: string, { status, location }: Redirect, hop: Hop): Promise<Sent> {
  const [origin, target] = [URL.parse(from), URL.parse(location, from)]
  const keepsMethod = status === 307 || status === 308 || step.method === 'GET' || step.method === 'HEAD'
  const isSameHost = target !== null && target.host === origin?.host
  const isSafe = target?.protocol === origin?.protocol || target?.protocol === 'https:'
  if (!isSameHost || !isSafe) return failed('fix', 'the address redirects to another host')
  if (!keepsMethod) return failed('fix', `the address redirects with ${status}, which would change the request`)
  if (hop.redirects >= MAX_REDIRECTS) return failed('fix', `the address redirects more than ${MAX_REDIRECTS} times`)
  return request(step, target.href, { ...hop, redirects: hop.redirects + 1 })
}

/** The body up to the limit. It is decompressed as it is read, so the limit holds for compressed ones too. */
async function readBeginning(response: Response): Promise<string | Error> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    while (bytes < MAX_RESPONSE_BYTES) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value.subarray(0, MAX_RESPONSE_BYTES - bytes), { stream: true })
      bytes += value.byteLength
    }
  } catch (error) {
    return toError(error)
  } finally {
    // A body that failed cannot be cancelled either.
    await reader.cancel().catch(() => {})
  }
  return text
}

function unreachable({ name }: Error, timeoutMs: number): Sent {
  if (name === 'TimeoutError') return failed('again', noResponse(timeoutMs), true)
  // A header or a method that cannot be sent; whatever it was, it will not change.
  if (name === 'TypeError') return failed('fix', 'the request could not be made')
  return failed('again', 'the receiver could not be reached')
}

/** The head arrived, so the receiver had the request. A body that does not decompress is a TypeError too. */
function unreadable({ name }: Error, timeoutMs: number): Sent {
  const isLate = name === 'TimeoutError'
  return failed('again', isLate ? noResponse(timeoutMs) : 'the response broke off or could not be decoded', true)
}

function noResponse(timeoutMs: number): string {
  return `no response within ${timeoutMs / 1000} seconds`
}

/** Statuses that Cloudflare's edge makes up for a receiver that did not respond itself. */
const EDGE_FAILURES: Readonly<Record<number, { reason: string; isLost: boolean }>> = {
  520: { reason: 'the receiver broke off without a response', isLost: true },
  521: { reason: 'the receiver refused the connection', isLost: false },
  522: { reason: 'the receiver could not be reached in time', isLost: false },
  523: { reason: 'the receiver could not be reached', isLost: false },
  524: { reason: 'the receiver did not respond in time', isLost: true },
  525: { reason: 'the TLS handshake with the receiver failed', isLost: false },
  526: { reason: "the receiver's TLS certificate is not valid", isLost: false },
  530: { reason: 'the host name of the receiver does not resolve', isLost: false },
}

function platformFailure(status: number, text: string): Sent | undefined {
  const edge = EDGE_FAILURES[status]
  if (edge) return failed('again', edge.reason, edge.isLost)
  if (status === 403 && /\berror code: 100[0-3]\b/.test(text))
    return failed('fix', 'Cloudflare does not let a Worker send to this address')
}

async function sendMail({ to, fromName, ...message }: MailStep, { mail }: Network): Promise<Sent> {
  if (!mail) return failed('fix', 'no mail is configured: set the binding EMAIL and the variable MAIL_FROM')
  const { bcc, subject, text, replyTo, headers } = message
  try {
    await mail.binding.send({
      from: fromName ? { email: mail.sender, name: fromName } : mail.sender,
      to: to.length > 0 ? [...to] : mail.sender,
      ...(bcc && { bcc: [...bcc] }),
      ...(replyTo && { replyTo }),
      ...(headers && { headers: encodeHeaders(headers) }),
      subject: subject.replace(/[\r\n]+/g, ' '),
      text,
    })
  } catch (error) {
    return mailFailure(error)
  }
  return { response: { status: 250, text: '', header: () => null } }
}

function encodeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, encodeHeader(value)]))
}

/** Codes of refusals that pass by themselves; all others need somebody to step in. */
const TRANSIENT_MAIL = /^E_(RATE_LIMIT|DAILY_LIMIT|DELIVERY|INTERNAL)/

/** The code alone: the message may name the addresses. */
function mailFailure(error: unknown): Sent {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = /^E_[A-Z_]{1,60}$/.test(code) ? ` (${code})` : ''
  return failed(TRANSIENT_MAIL.test(code) || known === '' ? 'again' : 'fix', `the mail was refused${known}`)
}

async function sendLines({ host, port, lines }: TcpStep, { allowLocalNetwork, timeoutMs }: Network): Promise<Sent> {
  const blocked = blockedReason('host', host, allowLocalNetwork)
  if (blocked) return failed('fix', `the host ${blocked}`)
  let socket: Socket | undefined
  try {
    socket = connect({ hostname: host, port })
    await withTimeout(writeLines(socket, lines), timeoutMs)
  } catch (error) {
    return unreachable(toError(error), timeoutMs)
  } finally {
    await socket?.close().catch(() => {})
  }
  return { response: { status: 200, text: '', header: () => null } }
}

async function writeLines(socket: Socket, lines: readonly string[]): Promise<void> {
  await socket.opened
  const writer = socket.writable.getWriter()
  await writer.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join('')))
  await writer.close()
}

/** Sockets have no timeout of their own. */
async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const expired = Promise.withResolvers<never>()
  const timer = setTimeout(() => expired.reject(new DOMException('', 'TimeoutError')), timeoutMs)
  try {
    return await Promise.race([work, expired.promise])
  } finally {
    clearTimeout(timer)
  }
}

function failed(verdict: Verdict, reason: string, isLost = false): Sent {
  return { failure: { verdict, reason, isLost } }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error()
}
