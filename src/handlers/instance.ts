import { Hono } from 'hono'
import { version } from '../../package.json'
import type { AppEnv } from '../env.ts'
import { access } from '../middleware/access.ts'
import { OWNER } from '../schema/roles.ts'
import { rules } from '../schema/rules.ts'
import { type Actor, userIdOf } from '../settings/actor.ts'
import { presentToken } from '../tokens/present.ts'
import { publicUrl } from './public-url.ts'

/** The version that GitLab's clients see: they switch features by it (docs/rules.md#serving). */
const GITLAB_VERSION = '18.9.0'

const anyToken = access(rules.anyToken, () => ({}))

const ABOUT = 'Patchbay stores the settings of a project’s services, compatible with GitLab’s Services API'

/** Links for people and tools that find the instance. Some clients check the root first. */
export const welcomeHandler = new Hono<AppEnv>().get('/', (c) => {
  const link = (path: string) => new URL(`.${path}`, publicUrl(c)).href
  return c.json({
    message: ABOUT,
    documentation: link('/docs'),
    openapi: link('/api/v4/openapi.json'),
    services: link('/api/v4/services'),
  })
})

/** The root: browsers are led to the console, tools get the links. */
export const rootHandler = new Hono<AppEnv>()
  .get('/', async (c, next) => {
    c.header('Vary', 'Accept')
    return c.req.header('Accept')?.includes('text/html') ? c.redirect('/console') : next()
  })
  .route('/', welcomeHandler)

/** Routes that clients use to learn about the instance and their own token. */
export const instanceHandler = new Hono<AppEnv>()
  .on('GET', ['/version', '/metadata'], anyToken, (c) =>
    c.json({ version: GITLAB_VERSION, revision: `patchbay-${version}` }),
  )
  .get('/user', anyToken, (c) => {
    const { actor } = c.var
    return c.json({
      id: userIdOf(actor),
      username: usernameOf(actor),
      name: actor.name,
      state: 'active',
      bot: actor.kind !== 'signed',
    })
  })
  .get('/personal_access_tokens/self', anyToken, (c) => {
    const { actor, token } = c.var
    if (token) return c.json(presentToken(token))
    const id = userIdOf(actor)
    const rights = { scopes: actor.scopes, access_level: Math.min(actor.role, OWNER), user_id: id }
    const state = { active: true, revoked: false, created_at: null, last_used_at: null, expires_at: null }
    return c.json({ id, name: actor.name, description: null, ...rights, ...state })
  })

function usernameOf({ kind, tokenId, project, name }: Actor): string {
  if (kind === 'instance') return 'patchbay'
  return kind === 'signed' ? name : `project_${project}_bot_${tokenId}`
}
