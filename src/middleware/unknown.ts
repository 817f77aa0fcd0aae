import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

const MAX_NAMES = 20
const MORE = encodeURIComponent('…')

const PREFERENCE = 'handling=strict'

/** Returns whether the caller prefers unknown parameters to be errors, by RFC 7240 (docs/rules.md#strict). */
export function isStrict(c: Pick<Context<AppEnv>, 'req'>): boolean {
  const preferences = (c.req.header('Prefer') ?? '').toLowerCase().split(',')
  const tokens = preferences.map((entry) => entry.split(';', 1)[0]?.replaceAll(/["\s]/g, ''))
  return tokens.find((token) => token?.startsWith('handling=')) === PREFERENCE
}

/** Says in each response, errors too, that the preference was applied. */
export const preference = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (isStrict(c)) c.res.headers.set('Preference-Applied', PREFERENCE)
})

/** Names unknown parameters in the response (docs/rules.md#merging). They need no encoding: their format is checked. */
export function nameIgnored(c: Pick<Context<AppEnv>, 'header'>, names: readonly string[]): void {
  if (names.length === 0) return
  const more = names.length > MAX_NAMES ? [MORE] : []
  c.header('X-Ignored-Parameters', [...names.slice(0, MAX_NAMES), ...more].join(','))
}
