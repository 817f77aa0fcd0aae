import type { Caller } from './requests.ts'
import { NUMBER, PLAIN, SECRET } from './values.ts'

/** Stands in everything of a project that is not the caller's. */
export const OTHER = 'zqother5b2d'

/** A request and its response. */
export interface Exchange {
  caller: Caller
  method: string
  url: URL
  status: number
  headers: Headers
  text: string
  milliseconds: number
}

const LONGEST_MS = 5000
const MAY_READ_SECRETS: readonly Caller[] = ['secrets', 'instance']

type Law = (exchange: Exchange) => boolean

const isError = ({ status }: Exchange) => status >= 400
const has = (exchange: Exchange, mark: string) =>
  [exchange.text, ...[...exchange.headers].flat()].some((text) => text.toLowerCase().includes(mark))

/** Rules for every response, whatever was sent. */
const LAWS: Record<string, Law> = {
  'is never a 5xx': ({ status }) => status < 500,
  'comes in time': ({ milliseconds }) => milliseconds < LONGEST_MS,
  'has a request id': ({ headers }) => headers.has('X-Request-Id'),
  'is JSON where it is an error': (exchange) =>
    !isError(exchange) || (exchange.headers.get('Content-Type') === 'application/json' && isObject(exchange)),
  'repeats no value where it is an error': (exchange) =>
    !isError(exchange) || ![PLAIN, SECRET, String(NUMBER)].some((mark) => has(exchange, mark)),
  'tells no secret, but to who asks for it and may': (exchange) => maySeeSecrets(exchange) || !has(exchange, SECRET),
  'tells nothing of another project': (exchange) => exchange.caller === 'instance' || !has(exchange, OTHER),
  'lets no one else into a project': (exchange) =>
    exchange.caller === 'instance' || !leadsElsewhere(exchange) || isError(exchange) || exchange.method === 'OPTIONS',
  'lets in no one without a live token': (exchange) =>
    !['revoked', 'unknown', 'none'].includes(exchange.caller) || isError(exchange) || isPublic(exchange),
}

/** The laws that a response breaks. */
export function broken(exchange: Exchange): string[] {
  return Object.entries(LAWS).flatMap(([name, holds]) => (holds(exchange) ? [] : `a response ${name}`))
}

function isObject({ text, method }: Exchange): boolean {
  if (method === 'HEAD') return text === ''
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

function maySeeSecrets({ caller, method, status, url }: Exchange): boolean {
  const asks = ['GET', 'HEAD'].includes(method) && url.searchParams.has('with_secrets')
  return asks && status === 200 && MAY_READ_SECRETS.includes(caller)
}

/** Returns whether the path names the other project by its path; by its id, the response gives it away. */
function leadsElsewhere({ url }: Exchange): boolean {
  return url.pathname.toLowerCase().includes(OTHER)
}

/** Routes without a token: the welcome, the probes, and whatever else is public. */
function isPublic({ method, url }: Exchange): boolean {
  return (
    method === 'OPTIONS' || !/\/(projects|admin|audit_events|user|version|metadata|personal_access)/.test(url.pathname)
  )
}
