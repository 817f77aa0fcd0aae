import * as z from 'zod'

/** Query of routes without parameters: a dry run is rejected there, and so are unknown names if the caller prefers that. */
export const noParameters = z.object({})
