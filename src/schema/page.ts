import * as z from 'zod'
import { integer } from './field.ts'

const DEFAULT_SIZE = 20
export const MAX_SIZE = 100

export const pageQuery = z.object({
  page: integer('Page number, from 1').default(1),
  per_page: integer(`Number of items per page, ${MAX_SIZE} at most`).default(DEFAULT_SIZE),
})
