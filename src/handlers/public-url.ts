import type { RequestContext } from '../env.ts'

/** @throws if the text is no http or https URL, or has more than an origin and a path */
export function parsePublicUrl(text: string): URL {
  const url = new URL(text)
  const isBase = url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!/^https?:$/.test(url.protocol) || !isBase) throw new Error('PUBLIC_URL is no base URL')
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/**
 * Returns the base of links in responses, with a slash at the end: `PUBLIC_URL`, because callers choose the `Host` of
 * a request and proxies change it; the origin of the request if that is unset or malformed.
 */
export function publicUrl({ req, env }: Pick<RequestContext, 'req' | 'env'>): URL {
  try {
    if (env.PUBLIC_URL) return parsePublicUrl(env.PUBLIC_URL)
  } catch {
    // `/ready` reports it.
  }
  return new URL('/', req.url)
}
