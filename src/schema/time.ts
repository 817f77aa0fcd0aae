import * as z from 'zod'

/** A time in responses: ISO 8601, UTC, with milliseconds. */
export const time = z.string().meta({ format: 'date-time', examples: ['2026-11-23T08:56:11.402Z'] })

/** A date in responses. */
export const day = z.string().meta({ format: 'date', examples: ['2027-11-23'] })
