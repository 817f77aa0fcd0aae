import type { Context } from 'hono'
import type { RequestContext } from '../env.ts'
import { DEFAULT_SIZE, MAX_SIZE, pageQuery } from '../schema/page.ts'

export interface Page {
  number: number
  size: number
  offset: number
}

/** The page that a request asks for; the first one where it asks for none that there could be. */
export function pageOf(c: RequestContext): Page {
  const { page, per_page } = pageQuery.safeParse(c.req.query()).data ?? { page: 1, per_page: DEFAULT_SIZE }
  const number = Math.max(1, page)
  const size = Math.min(MAX_SIZE, Math.max(1, per_page))
  return { number, size, offset: (number - 1) * size }
}

/** Sets GitLab's pagination headers. `total` is undefined where there are too many to count. */
export function setPageHeaders(c: Context, { number, size }: Page, hasNext: boolean, total: number | undefined): void {
  const last = total === undefined ? undefined : Math.max(1, Math.ceil(total / size))
  const pages = { prev: number > 1 ? number - 1 : undefined, next: hasNext ? number + 1 : undefined }
  const links = Object.entries({ ...pages, first: 1, last }).flatMap(([rel, page]) =>
    page === undefined ? [] : `<${pageUrl(c, page, size)}>; rel="${rel}"`,
  )
  c.header('Link', links.join(', '))
  c.header('X-Page', String(number))
  c.header('X-Per-Page', String(size))
  c.header('X-Prev-Page', String(pages.prev ?? ''))
  c.header('X-Next-Page', String(pages.next ?? ''))
  if (total === undefined) return
  c.header('X-Total', String(total))
  c.header('X-Total-Pages', String(last))
}

function pageUrl(c: Pick<Context, 'req'>, page: number, size: number): string {
  const url = new URL(c.req.url)
  url.searchParams.set('page', String(page))
  url.searchParams.set('per_page', String(size))
  return url.toString()
}
