import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Markup } from '../../console/jsx-runtime.ts'
import type { Place } from '../../console/layout.tsx'
import type { AppEnv, RequestContext } from '../../env.ts'
import { INSTANCE } from '../../schema/rules.ts'
import type { Project } from '../../schema/tables.ts'

/** Returns the surroundings of a page. `project` is the one that the path names. */
export function placeOf(c: RequestContext, project?: Project | null): Place {
  const { actor, session, assetVersion } = c.var
  return {
    reader: actor && { name: readerName(c), isOperator: actor.role >= INSTANCE },
    project: project ? { id: project.id, name: project.name, path: project.fullPath } : undefined,
    frame: session?.frame,
    tool: toolOf(c),
    version: assetVersion,
  }
}

/** People know the instance token by whose it is. */
function readerName({ var: { actor } }: RequestContext): string {
  return actor.kind === 'instance' ? 'Operator' : actor.name
}

/** Returns where the tool signs people in; undefined if that is not configured, or no address. */
export function signInUrl({ env }: Pick<RequestContext, 'env'>): URL | undefined {
  const url = URL.parse(env.CONSOLE_SIGN_IN_URL ?? '')
  return url && /^https?:$/.test(url.protocol) ? url : undefined
}

function toolOf(c: RequestContext): Place['tool'] {
  const url = signInUrl(c)
  const name = c.env.CONSOLE_TOOL_NAME
  return url && name ? { name, url: url.origin } : undefined
}

/** Responds with a page. */
export function respond(c: Pick<Context<AppEnv>, 'html'>, page: Markup, status: ContentfulStatusCode = 200) {
  return c.html(page.html, status)
}
