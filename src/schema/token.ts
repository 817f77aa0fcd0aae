import * as z from 'zod'
import { clearable, integerChoice, required, rule, text } from './field.ts'
import { pageQuery } from './page.ts'
import { LEVELS } from './roles.ts'
import { SCOPES } from './tables.ts'

export const DAY = 24 * 60 * 60 * 1000
export const DEFAULT_DAYS = 365
export const MAX_DAYS = 400
/** Of tokens that signed users create. */
export const SIGNED_MAX_DAYS = 90

const scopes = z
  .array(z.enum(SCOPES, 'does not have a valid value'))
  .min(1, "can't be blank")
  .meta({ description: 'Scopes of the token. `send_events` only allows sending events' })
const level = integerChoice(LEVELS, 'Role of the token in the project')
const date = text('Date (YYYY-MM-DD) on which the token expires, at 00:00 UTC')
const expiry = rule(
  rule(rule(date, isDay, 'must be a date'), (day) => Date.parse(day) > Date.now(), 'must be in the future'),
  (day) => Date.parse(day) <= Date.now() + MAX_DAYS * DAY,
  `must be at most ${MAX_DAYS} days ahead`,
).meta({ format: 'date' })

export const tokenCreation = z.object({
  name: required(text('Name of the token', 255)).nonoptional(),
  scopes,
  access_level: clearable(level),
  expires_at: clearable(expiry),
})

export const tokenRotation = z.object({
  scopes: scopes.optional(),
  access_level: clearable(level),
  expires_at: clearable(expiry),
})

export const tokenQuery = pageQuery.extend({
  state: z
    .enum(['active', 'inactive'])
    .optional()
    .meta({ description: 'Return active tokens, or expired and revoked ones' }),
})

function isDay(word: string): boolean {
  const time = Date.parse(word)
  return /^\d{4}-\d{2}-\d{2}$/.test(word) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(word)
}
