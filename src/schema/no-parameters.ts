import * as z from 'zod'

/** Of a route that has none of its own: a dry run is rejected there, and so are unknown ones where that is preferred. */
export const noParameters = z.object({})
