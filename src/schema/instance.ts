import * as z from 'zod'

/** A step of a rotation, which continues after the row with this key and ID. */
export const rotationBody = z.object({
  after: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}:\d{1,15}$/, 'is invalid')
    .optional()
    .meta({ description: 'Continue after these settings: `next_after` of the previous response' }),
})
