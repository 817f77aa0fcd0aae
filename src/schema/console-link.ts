import * as z from 'zod'
import { clearable, integer, required, rule, text } from './field.ts'
import { time } from './time.ts'
import { tokenCreation } from './token.ts'

/** A link that was sent by mail, or stands in a log, opens nothing any more. */
const MAX_SECONDS = 300
export const DEFAULT_SECONDS = 60

const seconds = rule(
  integer(`Number of seconds for which the link is valid, ${MAX_SECONDS} at most. Default: ${DEFAULT_SECONDS}`),
  (value) => value >= 1 && value <= MAX_SECONDS,
  `must be between 1 and ${MAX_SECONDS}`,
)

export const consoleLinkCreation = z
  .object({
    name: required(text('Name of the person who gets the link, as audit events show it', 255)).nonoptional(),
    scopes: tokenCreation.shape.scopes,
    access_level: tokenCreation.shape.access_level,
    expires_in: clearable(seconds),
  })
  .meta({ examples: [{ name: 'Ada Lovelace', scopes: ['api'], access_level: 40 }] })

export const consoleLinkShape = z
  .object({
    url: z.string().meta({ description: 'Link that opens the console once. Its secret follows the `#`' }),
    expires_at: time,
  })
  .meta({
    examples: [
      { url: 'https://patchbay.example.com/console/enter#v1.k1.EXAMPLE', expires_at: '2026-11-23T08:57:11.402Z' },
    ],
  })
