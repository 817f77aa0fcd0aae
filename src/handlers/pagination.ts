import type { Context } from 'hono'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'
import { queryOnce } from '../middleware/query.ts'
import { MAX_SIZE, pageQuery } from '../schema/page.ts'
import { publicUrl } from './public-url.ts'

export interface Page {
  number: number
  size: number
  offset: number
}

/** Facts about a list besides the page that is shown. */
export interface Extent {
  hasNext: boolean
  /** Undefined if there are too many entries to count. */
  total: number | undefined
}

const query = queryOnce(pageQuery)

/** Returns the page that a request asks for, or the nearest one that there can be. */
export function pageOf(c: Pick<Context, 'req'>): Page {
  const { page, per_page } = query.peek(c)
  const number = Math.max(1, page)
  const size = Math.min(MAX_SIZE, Math.max(1, per_page))
  return { number, size, offset: (number - 1) * size }
}

/** Returns GitLab's pagination headers for a page of the list at `url`. */
export function pageHeaders(url: URL, { number, size }: Page, { hasNext, total }: Extent): Record<string, string> {
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / size))
  const prev = number > 1 ? number - 1 : undefined
  const next = hasNext ? number + 1 : undefined
  const links = Object.entries({ prev, next, first: 1, last }).flatMap(([rel, page]) =>
    page === undefined ? [] : `<${pageUrl(url, page, size)}>; rel="${rel}"`,
  )
  return {
    Link: links.join(', '),
    'X-Page': String(number),
    'X-Per-Page': String(size),
    'X-Prev-Page': String(prev ?? ''),
    'X-Next-Page': String(next ?? ''),
    ...(total !== undefined && { 'X-Total': String(total), 'X-Total-Pages': String(last) }),
  }
}

/**
 * Sets GitLab's pagination headers. Links repeat the parameters of `schema` alone: another one may hold a secret. `total` is
 * undefined if there are too many entries to count.
 */
export function setPageHeaders(
  c: Pick<Context<AppEnv>, 'req' | 'env' | 'header'>,
  schema: z.ZodObject,
  page: Page,
  hasNext: boolean,
  total: number | undefined,
): void {
  const { pathname, searchParams } = new URL(c.req.url)
  const url = new URL(`.${pathname}`, publicUrl(c))
  const known = [...searchParams].filter(([name]) => Object.hasOwn(schema.shape, name))
  url.search = new URLSearchParams(known).toString()
  for (const [name, value] of Object.entries(pageHeaders(url, page, { hasNext, total }))) c.header(name, value)
}

function pageUrl(list: URL, page: number, size: number): string {
  const url = new URL(list)
  url.searchParams.set('page', String(page))
  url.searchParams.set('per_page', String(size))
  return url.toString()
}
