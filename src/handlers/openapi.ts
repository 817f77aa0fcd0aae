import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { readAsset, respondWithDocument } from './document.ts'

/** The API, described for programs: `/openapi.json`. */
export const openApiHandler = new Hono<AppEnv>().get('/', (c) =>
  respondWithDocument(c, 'openapi', () => readAsset(c, 'openapi')),
)
