import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { errors } from '../errors.ts'
import { unreadable } from '../parameters/fields.ts'

const MAX_NAMES = 20
const MORE = encodeURIComponent('…')

const PREFERENCE = 'handling=strict'
/** Requests to which the preference was applied. */
const applied = new WeakSet<Context['req']>()

/**
 * Returns whether the caller prefers unknown parameters to be errors, by RFC 7240 (docs/rules.md#strict). Whoever asks applies the
 * preference, and the response says so.
 */
export function isStrict({ req }: Pick<Context<AppEnv>, 'req'>): boolean {
  const preferences = (req.header('Prefer') ?? '').toLowerCase().split(',')
  const tokens = preferences.map((entry) => entry.split(';', 1)[0]?.replaceAll(/["\s]/g, ''))
  const isPreferred = tokens.find((token) => token?.startsWith('handling=')) === PREFERENCE
  if (isPreferred) applied.add(req)
  return isPreferred
}

/** Adds Preference-Applied to responses, errors too, if the preference was applied. */
export const preference = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  if (applied.has(c.req)) c.res.headers.set('Preference-Applied', PREFERENCE)
})

/**
 * Rejects a bare token that ends in `=`: it parses as a form of one unknown parameter, which would be ignored.
 * @throws the 400 of a form without values of which no name is known
 */
export function checkForm(c: Pick<Context<AppEnv>, 'get'>, isKnown: (name: string) => boolean): void {
  const names = c.get('namesWithoutValues') ?? []
  if (names.length > 0 && !names.some(isKnown)) throw errors.unreadable(unreadable('form').message)
}

/** Names unknown parameters in the response (docs/rules.md#unknown-names), as far as they may be shown. */
export function nameIgnored(c: Pick<Context<AppEnv>, 'header'>, names: readonly string[]): void {
  if (names.length === 0) return
  const more = names.length > MAX_NAMES ? [MORE] : []
  c.header('X-Ignored-Parameters', [...names.slice(0, MAX_NAMES), ...more].join(','))
}
