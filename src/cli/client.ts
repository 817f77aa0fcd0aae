import { sleep, waitAfter } from '../backoff.ts'

/** A client of GitLab's API, with its pages, its rate limits and its errors. */

export type Json = Readonly<Record<string, unknown>>

export interface Server {
  /** Its name in messages: "the source". */
  name: string
  url: string
  token: string
  /** Receives messages about waits. */
  progress(text: string): void
}

const RETRIED: readonly number[] = [429, 503]
const REDIRECTS: readonly number[] = [301, 302, 307, 308]
/** In seconds, for a response that does not say how long to wait. */
const BACKOFF = { first: 1, max: 60, jitter: 0 }
const MAX_TRIES = 6
const MAX_REDIRECTS = 3
const MAX_WAIT_SECONDS = 120
const TIMEOUT_MS = 60_000
const MESSAGE_LENGTH = 300

/** A response with an error status. */
export class ApiError extends Error {
  readonly status: number
  readonly body: Json

  constructor(server: string, method: string, path: string, status: number, body: Json) {
    super(`${server} responds ${status} to ${method} ${path.split('?')[0]}: ${messageOf(body)}`)
    this.status = status
    this.body = body
  }
}

/** Returns whether the API has no such route. For an unknown project or service, GitLab uses another key. */
export function isNoRoute(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.body.error === '404 Not Found'
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export class ApiClient {
  readonly #server: Server
  readonly #base: string

  constructor(server: Server) {
    this.#server = server
    this.#base = apiUrl(server.url)
  }

  async get(path: string): Promise<unknown> {
    return this.#json(await this.#request('GET', path))
  }

  /** Returns every entry of a list, from all of its pages. */
  async list(path: string, onPage?: (count: number) => void): Promise<unknown[]> {
    const entries: unknown[] = []
    for (let next: string | undefined = path; next !== undefined; ) {
      const response = await this.#request('GET', next)
      const page = await this.#json(response)
      if (!Array.isArray(page)) throw new Error(`${this.#server.name} returns no list for ${path.split('?')[0]}`)
      entries.push(...page)
      onPage?.(entries.length)
      next = page.length === 0 ? undefined : nextPage(path, response.headers)
    }
    return entries
  }

  async send(method: 'POST' | 'PUT', path: string, body: Json): Promise<unknown> {
    return this.#json(await this.#request(method, path, body))
  }

  async #request(method: string, path: string, body?: Json): Promise<Response> {
    const response = await this.#fetchWithRetry(method, this.#base + path, body)
    if (response.ok) return response
    throw new ApiError(this.#server.name, method, path, response.status, errorBodyOf(await response.text()))
  }

  /** Repeats a request after 429 and 503: both say that nothing was done. */
  async #fetchWithRetry(method: string, url: string, body: Json | undefined): Promise<Response> {
    const { name, progress } = this.#server
    for (let tries = 1; ; tries++) {
      const response = await this.#fetchWithRedirects(method, url, body)
      if (!RETRIED.includes(response.status) || tries === MAX_TRIES) return response
      const seconds = waitOf(response, tries)
      if (seconds > MAX_WAIT_SECONDS) throw new Error(`${name} asks to wait ${seconds} s: run the command again then`)
      await response.body?.cancel()
      progress(`${name} asks to wait (${response.status}): continuing in ${seconds} s`)
      await sleep(seconds * 1000)
    }
  }

  /** Follows redirects by hand: `fetch` would send the token along, to any host. */
  async #fetchWithRedirects(method: string, url: string, body: Json | undefined, redirects = 0): Promise<Response> {
    const response = await this.#fetch(method, url, body)
    if (!REDIRECTS.includes(response.status)) return response
    const location = URL.parse(response.headers.get('Location') ?? '', url)
    const isSameOrigin = location?.origin === new URL(url).origin
    if (location && isSameOrigin && method === 'GET' && redirects < MAX_REDIRECTS)
      return this.#fetchWithRedirects(method, location.href, body, redirects + 1)
    throw new Error(`${this.#server.name} redirects to ${location?.origin ?? 'no address'}: use its final address`)
  }

  async #fetch(method: string, url: string, body: Json | undefined): Promise<Response> {
    const headers = { 'PRIVATE-TOKEN': this.#server.token, ...(body && { 'Content-Type': 'application/json' }) }
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const content = body && { body: JSON.stringify(body) }
    try {
      return await fetch(url, { method, headers, signal, redirect: 'manual', ...content })
    } catch (error) {
      throw new Error(`${this.#server.name} does not respond (${reasonOf(error)})`)
    }
  }

  async #json(response: Response): Promise<unknown> {
    try {
      return JSON.parse(await response.text())
    } catch {
      const { name } = this.#server
      throw new Error(`${name} returns something other than JSON: is this the address of a GitLab or a Patchbay?`)
    }
  }
}

/** The address of the API, given that of an instance with or without `/api/v4`. */
function apiUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  const segments = pathname.split('/').filter(Boolean)
  const prefix = segments.slice(-2).join('/') === 'api/v4' ? segments.slice(0, -2) : segments
  return [origin, ...prefix, 'api/v4'].join('/')
}

/**
 * The path of the next page. Only the query of a link is used: behind a proxy its host differs from the one that was
 * called, and the token is sent to no other.
 */
export function nextPage(path: string, headers: Headers): string | undefined {
  const [plain = '', query = ''] = path.split('?')
  const link = nextLink(headers.get('Link') ?? '')
  const search = link && URL.parse(link, 'http://any.invalid')?.search
  if (search) return plain + search
  const page = headers.get('X-Next-Page')
  if (!page) return undefined
  const parameters = new URLSearchParams(query)
  parameters.set('page', page)
  return `${plain}?${parameters}`
}

/** The target with `rel=next` of a Link header (RFC 8288, section 3). */
function nextLink(header: string): string | undefined {
  for (let start = header.indexOf('<'); start >= 0; ) {
    const end = header.indexOf('>', start)
    if (end < 0) return undefined
    const next = header.indexOf('<', end)
    const parameters = header.slice(end + 1, next < 0 ? undefined : next).split(/[;,]/)
    if (parameters.some((text) => ['rel=next', 'rel="next"'].includes(text.trim().toLowerCase())))
      return header.slice(start + 1, end)
    start = next
  }
}

/** Seconds to wait: those of `Retry-After`, given as a number or as a date; otherwise twice as long each time. */
function waitOf(response: Response, tries: number): number {
  const header = response.headers.get('Retry-After') ?? ''
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isNaN(seconds) ? waitAfter(tries, BACKOFF) : Math.max(0, Math.ceil(seconds))
}

function errorBodyOf(text: string): Json {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : {}
  } catch {
    return {}
  }
}

function messageOf({ message, error, error_description, detail }: Json): string {
  const parts = [message ?? error ?? 'without a reason', error_description, detail].filter((part) => part !== undefined)
  return parts
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join(' ')
    .slice(0, MESSAGE_LENGTH)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause, name } = error
  return isObject(cause) || cause instanceof Error ? String((cause as { code?: unknown }).code ?? name) : name
}
