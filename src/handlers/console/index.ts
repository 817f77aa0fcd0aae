import { type Context, Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { timeout } from 'hono/timeout'
import { Problem } from '../../console/problem.tsx'
import { Again, SignIn } from '../../console/sign-in.tsx'
import type { AppEnv } from '../../env.ts'
import { errors, isTransient, logError } from '../../errors.ts'
import { deployment } from '../../middleware/deployment.ts'
import { keyRing } from '../../middleware/key-ring.ts'
import { log } from '../../middleware/log.ts'
import { pageHeaders } from '../../middleware/page-headers.ts'
import { endSession, session } from '../../middleware/session.ts'
import { accentPages, assetVersion } from './assets.ts'
import { auditPages } from './audit.ts'
import { placeOf, respond, signInUrl } from './place.ts'
import { projectsPages } from './projects.ts'
import { servicesPages } from './services.ts'
import { returnPath, sessionHandler } from './session.ts'

const LONGEST_MS = 30_000

/** Pages for people: `/console`. They work without a script; with one, they are quicker to use. */
export const consoleHandler = new Hono<AppEnv>()
  .use(pageHeaders)
  .use(log)
  .use(deployment)
  .use(assetVersion)
  .use(timeout(LONGEST_MS, errors.unavailable))
  .use(keyRing)
  .use(session)
  .route('/', accentPages)
  .route('/', sessionHandler)
  .route('/projects', projectsPages)
  .route('/projects/:id', servicesPages)
  .route('/', auditPages)
  .all('*', (c) => respond(c, Problem({ place: placeOf(c), status: 404 }), 404))
  .onError((error, c) => {
    if (!(error instanceof HTTPException)) logError(error)
    const status = error instanceof HTTPException ? error.status : isTransient(error) ? 503 : 500
    if (status === 401) return askToSignIn(c)
    return respond(c, Problem({ place: placeOf(c), status }), status)
  })

function askToSignIn(c: Context<AppEnv>) {
  const { method, path, url } = c.req
  const isReading = method === 'GET' || method === 'HEAD'
  const hadSession = c.get('session') !== undefined
  // A link of another site comes without the cookie: when our own page asks again, it is there.
  if (isReading && !hadSession && c.req.header('Sec-Fetch-Site') === 'cross-site') return respond(c, Again())
  if (hadSession) endSession(c)
  const error = hadSession || !isReading ? 'Your session is over. Sign in again.' : undefined
  const returnTo = returnPath(isReading ? path + new URL(url).search : undefined)
  return respond(c, SignIn({ place: placeOf(c), returnTo, signInUrl: signInUrl(c), error }), 401)
}
