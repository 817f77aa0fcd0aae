import * as z from 'zod'
import { integer } from './field.ts'

export const DEFAULT_SIZE = 20
export const MAX_SIZE = 100

export const pageQuery = z.object({
  page: integer('Number of the page, from 1').default(1),
  per_page: integer(`Entries of a page, at most ${MAX_SIZE}`).default(DEFAULT_SIZE),
})
