import * as z from 'zod'

/** ISO 8601, in UTC, to the millisecond. */
export const time = z.string().meta({ format: 'date-time', examples: ['2026-11-23T08:56:11.402Z'] })

export const day = z.string().meta({ format: 'date', examples: ['2027-11-23'] })
