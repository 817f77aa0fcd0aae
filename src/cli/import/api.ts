/** What either side of an import speaks: GitLab's API, with its pages, its rate limits and its errors. */

export type Json = Readonly<Record<string, unknown>>

export interface Api {
  get(path: string): Promise<unknown>
  /** Every entry of a list, from all of its pages. */
  all(path: string, onPage?: (soFar: number) => void): Promise<unknown[]>
  send(method: 'POST' | 'PUT', path: string, body: Json): Promise<unknown>
}

interface Side {
  /** As messages call it: "the source". */
  name: string
  url: string
  token: string
  /** Is told of waits. */
  progress(text: string): void
}

const WAITABLE: readonly number[] = [429, 503]
const REDIRECTS: readonly number[] = [301, 302, 307, 308]
const MAX_TRIES = 6
const MAX_REDIRECTS = 3
const MAX_WAIT = 120
const TIMEOUT = 60_000
const MESSAGE_LENGTH = 300

/** An answer that is not a good one. */
export class ApiError extends Error {
  readonly status: number
  readonly body: Json

  constructor(side: string, method: string, path: string, status: number, body: Json) {
    super(`${side} answers ${status} to ${method} ${path.split('?')[0]}: ${wordsOf(body)}`)
    this.status = status
    this.body = body
  }
}

/** Whether the API has no such route: an unknown project or service says so in another key. */
export function isNoRoute(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.body.error === '404 Not Found'
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function connect(side: Side): Api {
  const base = apiUrl(side.url)

  async function request(method: string, path: string, body?: Json): Promise<Response> {
    const response = await patiently(method, base + path, body)
    if (response.ok) return response
    throw new ApiError(side.name, method, path, response.status, bodyOf(await response.text()))
  }

  async function patiently(method: string, url: string, body: Json | undefined): Promise<Response> {
    for (let tries = 1; ; tries++) {
      const response = await once(method, url, body)
      if (!WAITABLE.includes(response.status) || tries === MAX_TRIES) return response
      const seconds = waitOf(response, tries)
      if (seconds > MAX_WAIT) throw new Error(`${side.name} asks to wait ${seconds} s: run the import again then`)
      await response.body?.cancel()
      side.progress(`${side.name} asks to wait (${response.status}): going on in ${seconds} s`)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }

  /** Redirects are followed by hand: fetch would take the token along, wherever they lead. */
  async function once(method: string, url: string, body: Json | undefined, redirects = 0): Promise<Response> {
    const response = await fetchOnce(method, url, body)
    if (!REDIRECTS.includes(response.status)) return response
    const location = URL.parse(response.headers.get('Location') ?? '', url)
    const isOwn = location?.origin === new URL(url).origin
    if (location && isOwn && method === 'GET' && redirects < MAX_REDIRECTS)
      return once(method, location.href, body, redirects + 1)
    throw new Error(`${side.name} redirects to ${location?.origin ?? 'nowhere'}: give the address that it answers at`)
  }

  async function fetchOnce(method: string, url: string, body: Json | undefined): Promise<Response> {
    const headers = { 'PRIVATE-TOKEN': side.token, ...(body && { 'Content-Type': 'application/json' }) }
    const signal = AbortSignal.timeout(TIMEOUT)
    try {
      return await fetch(url, {
        method,
        headers,
        signal,
        redirect: 'manual',
        ...(body && { body: JSON.stringify(body) }),
      })
    } catch (error) {
      throw new Error(`${side.name} does not answer (${reasonOf(error)})`)
    }
  }

  async function get(path: string): Promise<unknown> {
    return jsonOf(side, await request('GET', path))
  }

  async function all(path: string, onPage?: (soFar: number) => void): Promise<unknown[]> {
    const entries: unknown[] = []
    for (let next: string | undefined = path; next !== undefined; ) {
      const response = await request('GET', next)
      const page = await jsonOf(side, response)
      if (!Array.isArray(page)) throw new Error(`${side.name} answers no list to ${path.split('?')[0]}`)
      entries.push(...page)
      onPage?.(entries.length)
      next = page.length === 0 ? undefined : nextPage(path, response.headers)
    }
    return entries
  }

  return { get, all, send: async (method, path, body) => jsonOf(side, await request(method, path, body)) }
}

/** Where the API is, given the address of an instance with or without it. */
function apiUrl(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/api\/v4$/, '')}/api/v4`
}

/**
 * The same list's next page. Of a Link only the query counts: behind a proxy its host is not the one that was asked,
 * and the token goes to no other.
 */
function nextPage(path: string, headers: Headers): string | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('Link') ?? '')?.[1]
  const search = link && URL.parse(link, 'http://any.invalid')?.search
  const [plain = '', query = ''] = path.split('?')
  if (search) return plain + search
  const page = headers.get('X-Next-Page')
  if (!page) return undefined
  const parameters = new URLSearchParams(query)
  parameters.set('page', page)
  return `${plain}?${parameters}`
}

/** Seconds to wait: as told, in seconds or as a date; else twice as long each time. */
function waitOf(response: Response, tries: number): number {
  const told = response.headers.get('Retry-After') ?? ''
  const seconds = /^\d+$/.test(told) ? Number(told) : (Date.parse(told) - Date.now()) / 1000
  return Number.isNaN(seconds) ? 2 ** (tries - 1) : Math.max(0, Math.ceil(seconds))
}

async function jsonOf({ name }: Side, response: Response): Promise<unknown> {
  try {
    return JSON.parse(await response.text())
  } catch {
    throw new Error(`${name} answers something other than JSON: is this the address of a GitLab or a Patchbay?`)
  }
}

function bodyOf(text: string): Json {
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? body : {}
  } catch {
    return {}
  }
}

function wordsOf({ message, error, error_description, detail }: Json): string {
  const words = [message ?? error ?? 'without a reason', error_description, detail].filter((word) => word !== undefined)
  return words
    .map((word) => (typeof word === 'string' ? word : JSON.stringify(word)))
    .join(' ')
    .slice(0, MESSAGE_LENGTH)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause, name } = error
  return isObject(cause) || cause instanceof Error ? String((cause as { code?: unknown }).code ?? name) : name
}
