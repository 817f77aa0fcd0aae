import { Hono } from 'hono'
import type { AppEnv } from '../env.ts'
import { answerDocument, readAsset } from './document.ts'

/** The API, described for programs: `/openapi.json`. */
export const openApiHandler = new Hono<AppEnv>().get('/', (c) =>
  answerDocument(c, 'openapi', () => readAsset(c, 'openapi')),
)
