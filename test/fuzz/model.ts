/**
 * A second implementation of the rules, small enough to be checked by eye, that long random histories are compared with.
 *
 * It knows who may do what (token, scope, project, role, in this order), two services with one secret and one plain
 * parameter each, what PUT, PATCH, DELETE, a plan and dry runs make of them (docs/rules.md#merging, docs/rules.md#dry-run),
 * the ETag that follows from it, the names of projects, the tokens and the audit trail. It does not know types and rules
 * of parameters, endpoints, preconditions, other services, nor the bodies of errors: other tests have those.
 */
import { ADMIN, type Answer, ask, newProject, newToken } from '../support/api.ts'

/** State of a project, as a caller with every right sees it. */
interface Project {
  id: number
  name: string
  isDeleted: boolean
  settings: Map<Slug, Saved>
  /** Newest first: what was done, to what, by which token (0 is the instance). */
  trail: [action: string, subject: string, author: number][]
  lastSettingsId: number
}

interface Saved {
  id: number
  version: number
  active: boolean
  branch: string | null
  secret: string
}

interface Actor {
  token: string
  /** 0 for the instance, -1 for a stranger. */
  id: number
  /** The project's place in the model. */
  home: number | undefined
  scopes: readonly string[]
  role: number
  isRevoked: boolean
}

export interface Model {
  projects: Project[]
  actors: Actor[]
}

/** Requirements: one of the scopes, all of `also`, and the role. */
interface Rule {
  scopes: readonly string[]
  also?: readonly string[]
  role: number
}

/** The expected response: the status, and the part of the body that the model knows. */
export interface Seen {
  status: number
  body?: unknown
}

/** An operation: who does it where, and with which of a few values. */
export interface Step {
  kind: Kind
  actor: number
  project: number
  slug: Slug
  /** Places among a few values; undefined leaves it out of the request. */
  branch: number | undefined
  secret: number | undefined
  active: boolean | undefined
}

export const SLUGS = ['pivotaltracker', 'asana'] as const
type Slug = (typeof SLUGS)[number]
const SECRET_OF = { pivotaltracker: 'token', asana: 'api_key' }

const RIGHTS = [
  { scopes: ['api', 'read_secrets'], access_level: 40 },
  { scopes: ['read_api'], access_level: 40 },
  { scopes: ['read_api', 'read_secrets'], access_level: 50 },
  { scopes: ['api'], access_level: 10 },
]
const PROJECTS = 2
export const SIZES = { projects: PROJECTS, actors: 2 + PROJECTS * RIGHTS.length }

/** The place among the actors of the token that may do most in a project. */
export const mostPrivileged = (project: number) => 2 + project * RIGHTS.length

const READ: Rule = { scopes: ['api', 'read_api'], role: 40 }
const WRITE: Rule = { scopes: ['api'], role: 40 }
const INSTANCE: Rule = { scopes: ['api'], role: 100 }

/** Makes projects and tokens, and the model of them. */
/** The user that GitLab creates for a token; 1 is the instance's. */
function userIdOf(tokenId: number): number {
  return tokenId + 1
}

export async function newModel(): Promise<Model> {
  const actors: Actor[] = [
    { token: ADMIN, id: 0, home: undefined, scopes: ['api', 'read_secrets'], role: 100, isRevoked: false },
    { token: `pbt_${'x'.repeat(40)}`, id: -1, home: undefined, scopes: [], role: 0, isRevoked: true },
  ]
  const projects: Project[] = []
  for (let home = 0; home < PROJECTS; home++) {
    const { id } = await newProject({ name: `Name of ${home}` })
    const trail: Project['trail'] = [['project.created', String(id), userIdOf(0)]]
    for (const rights of RIGHTS) {
      const { id: tokenId, token } = await newToken(id, rights)
      trail.unshift(['token.created', String(tokenId), userIdOf(0)])
      actors.push({ token, id: tokenId, home, scopes: rights.scopes, role: rights.access_level, isRevoked: false })
    }
    projects.push({ id, name: `Name of ${home}`, isDeleted: false, settings: new Map(), trail, lastSettingsId: 0 })
  }
  return { projects, actors }
}

interface Act {
  rule: Rule
  /** Set if it concerns the instance, not a project. */
  everywhere?: boolean
  /** Path and body, below the project or the instance. */
  send(context: Context): [method: string, path: string, json?: object]
  /** Returns the expected response to an allowed request, and changes the model as the request should change the product. */
  expect(context: Context): Seen
  /** The part of a good response that the model knows. */
  see?(response: Answer, context: Context): unknown
}

interface Context {
  model: Model
  step: Step
  actor: Actor
  project: Project
}

const settingsPath = ({ step }: Context) => `/services/${step.slug}`
const missing = { status: 404 }

const shown = ({ id, version, active, branch }: Saved) => ({ etag: `"${id}-${version}"`, active, branch })
const shownOf = ({ body, headers }: Answer) => ({
  etag: headers.get('ETag'),
  active: body.active,
  branch: body.properties.restrict_to_branch,
})

function sentOf({ step }: Context): Record<string, unknown> {
  const { slug, project, branch, secret, active } = step
  return {
    ...(branch === undefined ? {} : { restrict_to_branch: branch === 0 ? '' : `branch-${branch}-of-${project}` }),
    ...(secret === undefined ? {} : { [SECRET_OF[slug]]: `secret-${secret}-of-${project}` }),
    ...(active === undefined ? {} : { active }),
  }
}

function write(context: Context, isPut: boolean): Seen {
  const { project, step, actor } = context
  const sent = sentOf(context)
  const saved = project.settings.get(step.slug)
  if (!saved && !isPut) return missing
  const secret = sent[SECRET_OF[step.slug]] ?? saved?.secret
  if (typeof secret !== 'string') return { status: 400 }
  const next = {
    active: step.active ?? (isPut || (saved?.active ?? false)),
    branch: 'restrict_to_branch' in sent ? String(sent.restrict_to_branch) || null : (saved?.branch ?? null),
    secret,
  }
  if (!saved) {
    project.settings.set(step.slug, { ...next, id: 0, version: 1 })
    project.trail.unshift(['settings.created', step.slug, userIdOf(actor.id)])
  } else if (
    JSON.stringify(next) !== JSON.stringify({ active: saved.active, branch: saved.branch, secret: saved.secret })
  ) {
    Object.assign(saved, next, { version: saved.version + 1 })
    project.trail.unshift(['settings.updated', step.slug, userIdOf(actor.id)])
  }
  return { status: 200 }
}

/** A new row has an id that was never there before; from then on the model knows it. */
function learn(response: Answer, { project, step }: Context): void {
  const saved = project.settings.get(step.slug)
  if (saved?.id !== 0 || response.body.id <= project.lastSettingsId) return
  saved.id = response.body.id
  project.lastSettingsId = saved.id
}

function target({ model, project, step }: Context): Actor | undefined {
  return model.actors.filter(({ home }) => home !== undefined && model.projects[home] === project)[step.branch ?? 0]
}

const acts = {
  put: {
    rule: WRITE,
    send: (context) => ['PUT', settingsPath(context), sentOf(context)],
    expect: (context) => write(context, true),
  },
  patch: {
    rule: WRITE,
    send: (context) => ['PATCH', settingsPath(context), sentOf(context)],
    expect: (context) => write(context, false),
  },
  apply: {
    rule: WRITE,
    send: (context) => ['PUT', '/services', { services: { [context.step.slug]: sentOf(context) } }],
    expect: (context) => write(context, true),
  },
  dryPut: {
    rule: WRITE,
    send: (context) => ['PUT', `${settingsPath(context)}?dry_run=true`, sentOf(context)],
    expect: (context) => write(structuredClone(context), true),
  },
  dryRemove: {
    rule: WRITE,
    send: (context) => ['DELETE', settingsPath(context), { dry_run: true }],
    expect: ({ project, step }) => (project.settings.has(step.slug) ? { status: 200 } : missing),
  },
  get: {
    rule: READ,
    send: (context) => ['GET', settingsPath(context)],
    expect: ({ project, step }) => {
      const saved = project.settings.get(step.slug)
      return saved ? { status: 200, body: shown(saved) } : missing
    },
    see: shownOf,
  },
  secrets: {
    rule: { ...READ, also: ['read_secrets'] },
    send: (context) => ['GET', `${settingsPath(context)}?with_secrets=true`],
    expect: ({ project, step }) => {
      const saved = project.settings.get(step.slug)
      return saved ? { status: 200, body: saved.secret } : missing
    },
    see: ({ body }, { step }) => body.properties[SECRET_OF[step.slug]],
  },
  list: {
    rule: READ,
    send: () => ['GET', '/services?active=all&with_properties=true'],
    expect: ({ project }) => ({
      status: 200,
      body: [...project.settings].map(([slug, { id, active, branch }]) => ({ slug, id, active, branch })),
    }),
    see: ({ body }) =>
      body.map(({ slug, id, active, properties }: Answer['body']) => ({
        slug,
        id,
        active,
        branch: properties.restrict_to_branch,
      })),
  },
  remove: {
    rule: WRITE,
    send: (context) => ['DELETE', settingsPath(context)],
    expect: ({ project, step, actor }) => {
      if (!project.settings.delete(step.slug)) return missing
      project.trail.unshift(['settings.deleted', step.slug, userIdOf(actor.id)])
      return { status: 204 }
    },
  },
  project: {
    rule: { ...READ, role: 10 },
    send: () => ['GET', ''],
    expect: ({ project }) => ({ status: 200, body: project.name }),
    see: ({ body }) => body.name,
  },
  projects: {
    rule: { ...READ, role: 10 },
    everywhere: true,
    send: () => ['GET', '?per_page=100'],
    expect: ({ model, actor }) => {
      const isShown = ({ isDeleted }: Project, place: number) => !isDeleted && [undefined, place].includes(actor.home)
      return { status: 200, body: model.projects.filter(isShown).map(({ id }) => id) }
    },
    see: ({ body }, { model, actor }) => {
      const ids: number[] = body.map(({ id }: Project) => id).reverse()
      return actor.home === undefined ? ids.filter((id) => model.projects.some((project) => project.id === id)) : ids
    },
  },
  rename: {
    rule: WRITE,
    send: ({ step }) => ['PUT', '', { name: `Name ${step.branch ?? 0} of ${step.project}` }],
    expect: ({ project, step, actor }) => {
      const name = `Name ${step.branch ?? 0} of ${step.project}`
      if (project.name !== name) project.trail.unshift(['project.updated', String(project.id), userIdOf(actor.id)])
      project.name = name
      return { status: 200, body: name }
    },
    see: ({ body }) => body.name,
  },
  tokens: {
    rule: READ,
    send: () => ['GET', '/access_tokens?per_page=100'],
    expect: ({ model, project }) => ({
      status: 200,
      body: model.actors
        .filter(({ home }) => home !== undefined && model.projects[home] === project)
        .map(({ id, isRevoked }) => [id, isRevoked]),
    }),
    see: ({ body }) => body.map(({ id, revoked }: Answer['body']) => [id, revoked]),
  },
  trail: {
    rule: READ,
    send: () => ['GET', '/audit_events?per_page=100'],
    expect: ({ project }) => ({ status: 200, body: project.trail }),
    see: ({ body }) =>
      body.map(({ event_name, details, author_id }: Answer['body']) => [event_name, details.target_id, author_id]),
  },
  leave: {
    rule: { scopes: [], role: 0 },
    send: () => ['DELETE', '/access_tokens/self'],
    expect: ({ actor, project }) => {
      if (actor.home === undefined) return missing
      actor.isRevoked = true
      project.trail.unshift(['token.revoked', String(actor.id), userIdOf(actor.id)])
      return { status: 204 }
    },
  },
  revoke: {
    rule: INSTANCE,
    send: (context) => ['DELETE', `/access_tokens/${target(context)?.id}`],
    expect: (context) => {
      const revoked = target(context)
      if (revoked && !revoked.isRevoked) {
        context.project.trail.unshift(['token.revoked', String(revoked.id), userIdOf(context.actor.id)])
        revoked.isRevoked = true
      }
      return { status: 204 }
    },
  },
  erase: {
    rule: INSTANCE,
    send: () => ['DELETE', ''],
    expect: ({ model, project }) => {
      project.isDeleted = true
      for (const actor of model.actors)
        if (actor.home !== undefined && model.projects[actor.home] === project) actor.isRevoked = true
      return { status: 202 }
    },
  },
} satisfies Record<string, Act>

export type Kind = keyof typeof acts

/** Operations that end nobody's rights: in whatever order those of two projects come, each project looks the same. */
export const LASTING: readonly Kind[] = [
  ...(Object.keys(acts) as Kind[]).filter((kind) => !['leave', 'revoke', 'erase'].includes(kind)),
  ...(['put', 'put', 'put', 'patch'] as const),
]
export const KINDS: readonly Kind[] = [...LASTING, ...LASTING, ...LASTING, 'leave', 'revoke', 'erase']

/** Does a step, in the model and in the product. */
export async function take(model: Model, step: Step): Promise<{ expected: Seen; seen: Seen }> {
  const [actor, project] = [model.actors[step.actor], model.projects[step.project]]
  if (!actor || !project) throw new Error('no such step')
  const context = { model, step, actor, project }
  const act: Act = acts[step.kind]
  const [method, path, json] = act.send(context)
  const isSelf = step.kind === 'revoke' && target(context) === actor
  const expected = refusal(isSelf ? acts.leave : act, context) ?? act.expect(context)
  const place = act.everywhere ? 'projects' : `projects/${project.id}`
  const sent = await ask(`${place}${path}`, { method, token: actor.token, ...(json ? { json } : {}) })
  const isApplied = step.kind === 'apply' && sent.status === 200
  const response = isApplied ? await ask(`${place}${settingsPath(context)}`, { token: actor.token }) : sent
  if (response.status !== expected.status) return { expected, seen: { status: response.status, body: response.body } }
  if (response.status === 200 && ['put', 'patch', 'apply'].includes(step.kind)) {
    learn(response, context)
    return { expected: acts.get.expect(context), seen: { status: 200, body: shownOf(response) } }
  }
  if (response.status !== 200) return { expected: { status: expected.status }, seen: { status: response.status } }
  return { expected, seen: { status: 200, body: act.see?.(response, context) } }
}

/** Returns the reason for a refusal: token, scope, project, role, in this order. */
function refusal({ rule, everywhere = false }: Act, { actor, project, model }: Context): Seen | undefined {
  const { scopes, also = [], role } = rule
  if (actor.isRevoked) return { status: 401 }
  const isWide = scopes.length === 0 || scopes.some((scope) => actor.scopes.includes(scope))
  if (!isWide || !also.every((scope) => actor.scopes.includes(scope))) return { status: 403 }
  const isHome = actor.home === undefined || model.projects[actor.home] === project
  if (!everywhere && (project.isDeleted || !isHome)) return missing
  return actor.role < role ? { status: 403 } : undefined
}
